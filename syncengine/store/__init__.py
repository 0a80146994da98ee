"""What the engine remembers: outbox, attempts, bindings, cursors, cycles, connections, errors, audit."""
