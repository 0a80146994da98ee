"""The other lists: Account, Class, Department, Item, Term and PaymentMethod."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Text, choice, ref
from syncengine.emulator.catalogue.records import ITEM_GROUP
from syncengine.emulator.rules import chart, items, names, terms

ACCOUNT = Entity(
    name="Account",
    record=record(
        "Account",
        "Name SubAccount ParentRef Description FullyQualifiedName AccountAlias TxnLocationType Active Classification AccountType "
        "AccountSubType AccountPurposes AcctNum AcctNumExtn BankNum OpeningBalance OpeningBalanceDate CurrentBalance "
        "CurrentBalanceWithSubAccounts CurrencyRef TaxAccount TaxCodeRef OnlineBankingEnabled FIName JournalCodeRef AccountEx",
        {
            "Name": Text(100, forbidden='":'),
            "AcctNum": Text(20, forbidden=":"),
            "Description": Text(100),
            "ParentRef": ref("Account"),
            "AccountType": Text(50),
            "AccountSubType": Text(80),
        },
    ),
    sequence="Account",
    element="Accounts",
    required=("Name",),
    read_only=words("Classification FullyQualifiedName CurrentBalance CurrentBalanceWithSubAccounts"),
    defaults={"Active": True},
    name_property="Name",
    shown_name="FullyQualifiedName",
    unique_with=("Account",),
    unique_below_parent=True,
    hierarchy=True,
    deactivatable=True,
    filterable=words("Name AccountType AccountSubType Classification FullyQualifiedName Active AcctNum"),
    sortable=words("Name AccountType AccountSubType Classification FullyQualifiedName Active AcctNum"),
    prepare=chart.account,
)

CLASS = Entity(
    name="Class",
    record=record("Class", "Name SubClass ParentRef FullyQualifiedName Active ClassEx", {"ParentRef": ref("Class")}),
    sequence="Class",
    plan="plus",
    # Ids of classes are large: a client that keeps them in 32 bits, or sorts them as text beside small ones, shows here.
    first_id=5_000_000_000_000_085_682,
    id_step=7,
    element="Klasses",
    required=("Name",),
    read_only=words("FullyQualifiedName"),
    defaults={"Active": True},
    name_property="Name",
    shown_name="FullyQualifiedName",
    unique_with=("Class",),
    unique_below_parent=True,
    hierarchy=True,
    deactivatable=True,
    filterable=words("Active FullyQualifiedName Name"),
    sortable=words("Active FullyQualifiedName Name"),
    prepare=names.class_,
)

DEPARTMENT = Entity(
    name="Department",
    record=record(
        "Department",
        "Name SubDepartment ParentRef FullyQualifiedName Active DepartmentEx Address",
        {"ParentRef": ref("Department")},
    ),
    sequence="Department",
    plan="plus",
    element="Departments",
    required=("Name",),
    read_only=words("FullyQualifiedName"),
    defaults={"Active": True},
    name_property="Name",
    shown_name="FullyQualifiedName",
    unique_with=("Department",),
    unique_below_parent=True,
    hierarchy=True,
    deactivatable=True,
    filterable=words("Active FullyQualifiedName Name"),
    sortable=words("Active FullyQualifiedName Name SubDepartment"),
    prepare=names.department,
)

ITEM = Entity(
    name="Item",
    record=record(
        "Item",
        "Name Sku Description Active SubItem ParentRef Level FullyQualifiedName Taxable SalesTaxIncluded PercentBased "
        "UnitPrice RatePercent Type PaymentMethodRef UOMSetRef IncomeAccountRef PurchaseDesc PurchaseTaxIncluded PurchaseCost "
        "ExpenseAccountRef COGSAccountRef AssetAccountRef PrefVendorRef AvgCost TrackQtyOnHand QtyOnHand QtyOnPurchaseOrder "
        "QtyOnSalesOrder ReorderPoint ManPartNum DepositToAccountRef SalesTaxCodeRef PurchaseTaxCodeRef InvStartDate "
        "BuildPoint PrintGroupedItems SpecialItem SpecialItemType ItemGroupDetail ItemAssemblyDetail AbatementRate "
        "ReverseChargeRate ServiceType ItemCategoryType ItemEx TaxClassificationRef UQCDisplayText UQCId ClassRef Source "
        "DeferredRevenue CustomExtensions",
        {
            "ParentRef": ref("Item"),
            "Type": choice("Service NonInventory Inventory Category Group Bundle Assembly"),
            "ItemGroupDetail": ITEM_GROUP,
        },
    ),
    sequence="Item",
    element="Items",
    required=("Name",),
    read_only=words("FullyQualifiedName Level"),
    defaults={"Active": True},
    name_property="Name",
    shown_name="Name",
    unique_with=("Item",),
    unique_below_parent=True,
    hierarchy=True,
    deactivatable=True,
    filterable=words("Name Type Taxable Active FullyQualifiedName SubItem Sku"),
    sortable=words("Name Type Active FullyQualifiedName UnitPrice PurchaseCost Sku"),
    prepare=items.item,
)

TERM = Entity(
    name="Term",
    record=record(
        "SalesTerm",
        "Name Active Type DiscountPercent DueDays DiscountDays DayOfMonthDue DueNextMonthDays DiscountDayOfMonth SalesTermEx",
        {"Name": Text(31)},
    ),
    sequence="Term",
    element="Terms",
    required=("Name",),
    read_only=words("Type"),
    defaults={"Active": True},
    name_property="Name",
    shown_name="Name",
    unique_with=("Term",),
    deactivatable=True,
    filterable=words("Name Active"),
    sortable=words("Name Active"),
    prepare=terms.term,
)

PAYMENT_METHOD = Entity(
    name="PaymentMethod",
    record=record(
        "PaymentMethod", "Name Active Type PaymentMethodEx", {"Name": Text(31), "Type": choice("CREDIT_CARD NON_CREDIT_CARD")}
    ),
    sequence="PaymentMethod",
    element="PaymentMethods",
    required=("Name",),
    defaults={"Active": True},
    name_property="Name",
    shown_name="Name",
    unique_with=("PaymentMethod",),
    deactivatable=True,
    filterable=words("Name Active"),
    sortable=words("Name Active"),
    prepare=terms.payment_method,
)

ENTITIES = (ACCOUNT, CLASS, DEPARTMENT, ITEM, TERM, PAYMENT_METHOD)
