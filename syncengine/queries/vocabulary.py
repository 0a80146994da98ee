"""The words of QuickBooks' own faults: what may stand in a report for support, because it says nothing of a company."""

from __future__ import annotations

#: Beside them, the words of the causes and remedies in `corrections`.
FAULT_WORDS = frozenset(
    """
accounts accountsubtype accounttype add allow allowed answered api appears application applied apply aren asset assetaccount
assigned attribute authorization because been began beginning beyond bid billable bills bind body books boolean bounds break
brought budget business but byte calculation calendar canceled cant capture case cdc changedsince character check child
clear closing codes colon column columnnumber com commas conflict conflicting conform consume counts custom customsalestax
cuts data days dd debit decimal definition deleting denied dependencies deposited details did digits displayname do
docnumber doesn don downloaded due duplicate duration durations edit either elapsed element elements eleven email encoding
end ends enter entered entity enumeration epoch errorcode errors even exceed exceeded exceeds exception exclude exist
existed existing exists expenses failure false familyname feature finished five flag follow follows format found framework
from full gateway get givenname globaltaxcalculation grammar haven header high hourly hours http id ignorable impl incorrect
info information instanti internal invalidate inventory invoice invoices io isn items java javax journal json knows layer
layers lead least len length level levels limit linenumber linkedpurchase listing long low malformed manual many marked
marks matched max maximum method middlename milliseconds min minutes mm model ms multiple must need negative nest nested
never newer normalize notapplicable numbering object objects occurred offer ok old older online openbalance openbalancedate
opening openingbalance openingbalancedate operations options org outside param parameter parentref parse parsing password
path payments percent permission permissions please posting postingtype prior processing product products properties
property provided purchase purchases qbo qoh qty quantities queries query range rate raw re reach receipt reference refusal
refusals relative reported requestid requests resource resteasy results return review rfc saved sax saxparseexception second
select selected self sequence service services shapes should size specified specify specifying split stale standalone starts
status statuscode stock str string sub subtype sun supplied supply supported sure switches synctoken system tail tails taken
taxapplicableon taxcode taxcoderef taxcodes taxliabilityaccount taxrateerror throttleexceeded through title transaction
transactions trial true truncated try trying txn txnid txntaxdetail txntype unbilled unitprice unmarshalexception update
updated us user utf values want web website when whether while whom whose within wording work working wraps written xerces
xml yet you your yyyy
""".split()  # noqa: SIM905 -- a paragraph is read more easily than a list of five hundred
)
