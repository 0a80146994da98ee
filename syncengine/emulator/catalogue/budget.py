"""Budget: amounts by account and month, for one customer, class or location list besides."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Day, Inner, Several, choice
from syncengine.emulator.catalogue.properties import kinds
from syncengine.emulator.rules import budget

_DETAIL = Inner(
    "BudgetDetail",
    kinds("BudgetDate Amount AccountRef CustomerRef ClassRef DepartmentRef", {"BudgetDate": Day()}),
)
BUDGET = Entity(
    name="Budget",
    record=record(
        "Budget",
        "Name StartDate EndDate BudgetType BudgetEntryType Active BudgetDetail",
        {
            "StartDate": Day(),
            "EndDate": Day(),
            "BudgetType": choice("ProfitAndLoss"),
            "BudgetEntryType": choice("Monthly Quarterly Annually"),
            "BudgetDetail": Several(_DETAIL),
        },
    ),
    sequence="Budget",
    element="Budget",
    required=("StartDate", "EndDate"),
    defaults={"BudgetType": "ProfitAndLoss", "BudgetEntryType": "Monthly", "Active": True},
    name_property="Name",
    shown_name="Name",
    unique_with=("Budget",),
    plan="plus",
    deletable=True,
    filterable=words("Name BudgetType Active"),
    sortable=words("Name BudgetType"),
    prepare=budget.budget,
)

ENTITIES = (BUDGET,)
