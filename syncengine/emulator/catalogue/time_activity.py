"""TimeActivity: time that an employee or vendor worked."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Text
from syncengine.emulator.rules import time_activity

TIME_ACTIVITY = Entity(
    name="TimeActivity",
    record=record(
        "TimeActivity",
        "TimeZone TxnDate NameOf EmployeeRef VendorRef OtherNameRef CustomerRef ProjectRef DepartmentRef ItemRef ClassRef "
        "PayrollItemRef BillableStatus Taxable HourlyRate CostRate Hours Minutes Seconds BreakHours BreakMinutes BreakSeconds "
        "StartTime EndTime Description LinkedTxn TransactionLocationType TimeActivityEx TimeChargeId",
        {"NameOf": Text(30), "StartTime": Text(40), "EndTime": Text(40)},
    ),
    sequence="TimeActivity",
    dated=True,
    deletable=True,
    plan="essentials",
    cdc=False,
    filterable=words("TxnDate CustomerRef EmployeeRef VendorRef BillableStatus"),
    sortable=words("TxnDate"),
    prepare=time_activity.time_activity,
)

ENTITIES = (TIME_ACTIVITY,)
