// What a client of node-quickbooks does not simply create: settings, taxes, currencies, lists that QuickBooks' screens make; reports.
'use strict';

const { claim, contains } = require('./report.js');

const PERIOD = { start_date: '2026-01-01', end_date: '2026-12-31' };

module.exports = async ({ report, ask, offered, recipes, given, at }) => {
  const row = (entity, operation, call) => report.attempt(entity, operation, call);

  async function reports() {
    for (const name of offered.filter((each) => each.startsWith('report'))) {
      await row('report', name, async () => {
        const said = await ask(name, { ...PERIOD });
        claim(Object.keys(said).sort(), ['Columns', 'Header', 'Rows'], 'the parts of the report');
        claim(Boolean(said.Header.ReportName) && said.Columns.Column.length > 0, true, 'name and columns');
      });
    }
    await row('report', 'getReports', async () => {
      const said = await ask('getReports', 'TrialBalance');
      claim(said.Header.ReportName, 'TrialBalance', 'the name of the report');
    });
  }

  // Lists of which there is something already; the plan says under which id.
  async function existing() {
    for (const [entity, id] of Object.entries(given.existing)) {
      const find = `find${entity}s`;
      if (offered.includes(`get${entity}`)) {
        await row(entity, `get${entity}`, async () => claim((await ask(`get${entity}`, id)).Id, id, 'the id'));
      }
      await row(entity, find, async () => {
        const rows = (await ask(find, { Id: id })).QueryResponse[entity];
        claim(rows.map((each) => each.Id), [id], 'the rows');
        if (offered.includes(`get${entity}`)) claim(rows[0], await ask(`get${entity}`, id), 'the row');
      });
    }
  }

  async function settings() {
    const company = await row('CompanyInfo', 'getCompanyInfo', () => ask('getCompanyInfo', given.realm));
    await row('CompanyInfo', 'findCompanyInfos', async () => claim((await ask('findCompanyInfos')).QueryResponse.CompanyInfo, [company], 'the rows'));
    await row('CompanyInfo', 'updateCompanyInfo', async () => {
      const wish = { Id: company.Id, SyncToken: company.SyncToken, CompanyName: company.CompanyName, LegalName: 'Walked Legal Name' };
      claim((await ask('updateCompanyInfo', wish)).LegalName, 'Walked Legal Name', 'the answer');
      const found = await ask('getCompanyInfo', given.realm);
      claim([found.LegalName, found.Country], ['Walked Legal Name', company.Country], 'as read');
    });
    const preferences = await row('Preferences', 'getPreferences', () => ask('getPreferences'));
    await row('Preferences', 'findPreferenceses', async () => claim((await ask('findPreferenceses')).QueryResponse.Preferences, [preferences], 'the rows'));
    await row('Preferences', 'updatePreferences', async () => {
      const wish = { Id: preferences.Id, SyncToken: preferences.SyncToken, SalesFormsPrefs: { ...preferences.SalesFormsPrefs, AllowDiscount: false } };
      claim((await ask('updatePreferences', wish)).SalesFormsPrefs.AllowDiscount, false, 'the answer');
      claim((await ask('getPreferences')).AccountingInfoPrefs, preferences.AccountingInfoPrefs, 'the other groups');
    });
  }

  async function taxes() {
    const wish = {
      TaxCode: 'Walked Tax', TaxRateDetails: [{ TaxRateName: 'Walked Rate', RateValue: '7.25', TaxAgencyId: '1', TaxApplicableOn: 'Sales' }],
    };
    await row('TaxService', 'createTaxService', async () => {
      const made = await ask('createTaxService', wish);
      claim([made.TaxCode, made.TaxRateDetails[0].TaxRateName, Number(made.TaxRateDetails[0].RateValue)], ['Walked Tax', 'Walked Rate', 7.25], 'the answer');
      claim((await ask('getTaxCode', made.TaxCodeId)).Name, 'Walked Tax', 'the code');
      claim((await ask('findTaxRates', { Name: 'Walked Rate' })).QueryResponse.TaxRate[0].RateValue, 7.25, 'the rate');
    });
    const code = await ask('getTaxCode', given.existing.TaxCode);
    await row('TaxCode', 'updateTaxCode', async () => {
      claim((await ask('updateTaxCode', { ...code, Description: 'Walked' })).Description, 'Walked', 'the answer');
    });
    const rate = await ask('getTaxRate', given.existing.TaxRate);
    await row('TaxRate', 'updateTaxRate', () => ask('updateTaxRate', { ...rate, Description: 'Walked' }));
  }

  async function journalCodes() {
    await row('JournalCode', 'createJournalCode', () => ask('createJournalCode', { Name: 'WALK', Type: 'Others' }));
    await row('JournalCode', 'findJournalCodes', async () => claim((await ask('findJournalCodes')).QueryResponse, {}, 'the rows'));
    await row('JournalCode', 'getJournalCode', () => ask('getJournalCode', '1'));
    await row('JournalCode', 'updateJournalCode', () => ask('updateJournalCode', { Id: '1', SyncToken: '0', Name: 'WALK' }));
    await row('JournalCode', 'deleteJournalCode', () => ask('deleteJournalCode', { Id: '1', SyncToken: '0' }));
  }

  // Of a company that deals in several; the client creates no currency, so that its bookkeeper has added one.
  async function currencies() {
    const [found] = (await ask('findCompanyCurrencies', { Code: 'CAD' })).QueryResponse.CompanyCurrency;
    await row('CompanyCurrency', 'findCompanyCurrencies', () => claim([found.Name, found.Active], ['Canadian Dollar', true], 'the row'));
    await row('CompanyCurrency', 'getCompanyCurrency', async () => claim(await ask('getCompanyCurrency', found.Id), found, 'as read'));
    const rate = await row('ExchangeRate', 'getExchangeRate', async () => {
      const said = (await ask('getExchangeRate', { sourcecurrencycode: 'CAD' })).ExchangeRate;
      claim([said.SourceCurrencyCode, said.TargetCurrencyCode, said.Rate > 0], ['CAD', 'USD', true], 'the rate');
      return said;
    });
    await row('ExchangeRate', 'findExchangeRates', async () => {
      const rows = (await ask('findExchangeRates', { SourceCurrencyCode: 'CAD' })).QueryResponse.ExchangeRate;
      claim(rows, [rate], 'the rows');
    });
    await row('ExchangeRate', 'updateExchangeRate', async () => {
      const said = await ask('updateExchangeRate', { SourceCurrencyCode: 'CAD', AsOfDate: rate.AsOfDate, Rate: 0.75 });
      contains(said.ExchangeRate || said, { Rate: 0.75, SourceCurrencyCode: 'CAD' });
      claim((await ask('getExchangeRate', { sourcecurrencycode: 'CAD' })).ExchangeRate.Rate, 0.75, 'as read');
    });
  }

  for (const part of [reports, existing, settings, taxes, journalCodes]) await part();
  await at(given.several, currencies);
};
