// What node-quickbooks offers on entities that a client does not simply create: reports, settings, taxes, currencies.
'use strict';

const { claim } = require('./report.js');

const PERIOD = { start_date: '2026-01-01', end_date: '2026-12-31' };

module.exports = async ({ report, ask, offered }) => {
  for (const name of offered.filter((each) => each.startsWith('report'))) {
    await report.attempt('report', name, async () => {
      const said = await ask(name, { ...PERIOD });
      claim(Object.keys(said).sort(), ['Columns', 'Header', 'Rows'], 'the parts of the report');
      claim(Boolean(said.Header.ReportName) && said.Columns.Column.length > 0, true, 'name and columns');
    });
  }
};
