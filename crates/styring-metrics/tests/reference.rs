//! The reference cases of this crate.
#![allow(clippy::expect_used)]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use styring_metrics::{
    Better, BreakEven, Change, Confidence, Delivery, Direction, EffectScore, EffectScoring, Fact, Facts, Frequency,
    FrequencyBand, Goal, Kpi, Limits, Margin, MeanOfRowRatios, Measure, MeasuredVisibility, Order, OrderCosts,
    OrderLine, OrderValues, Outcome, Progress, Quality, RateMethod, Ratio, Reach, Row, Sales, ScoreWeights,
    StopDecision, StopRule, Target, VatRate, Visibility, cost_limits, count_limits, rate_limits, spend_to_reject,
};
use styring_money::{Currency, Exact, ExchangeRates, Money, Rounding, Sign, Unrounded};
use styring_testkit::data;
use styring_testkit::reference::{Check, Reference, decimal};

/// What a case says of a ratio.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRatio {
    status: String,
    decimal: Option<Exact>,
    half_even: Option<String>,
    half_up: Option<String>,
    numerator_sign: Option<i8>,
    #[serde(default)]
    flags: Vec<String>,
}

impl ExpectedRatio {
    fn check(&self, what: &str, got: &Ratio, check: &mut Check) {
        let outcome = got.outcome();
        let status = match &outcome {
            Outcome::Value(_) => "value",
            Outcome::NoDenominator(_) => "no_denominator",
            Outcome::Undefined => "undefined",
            Outcome::Missing => "missing",
        };
        check.equal(&format!("{what} status"), &status, &self.status.as_str());
        let flags: &[String] = if got.negative_denominator() && matches!(outcome, Outcome::Value(_)) {
            &["negative_denominator".to_owned()]
        } else {
            &[]
        };
        check.equal(&format!("{what} flags"), &flags, &self.flags.as_slice());
        if let Some(expected) = self.numerator_sign {
            let sign = match &outcome {
                Outcome::NoDenominator(Sign::Positive) => 1,
                Outcome::NoDenominator(Sign::Negative) => -1,
                _ => 0,
            };
            check.equal(&format!("{what} sign"), &sign, &expected);
        }
        match (&outcome, &self.decimal) {
            (Outcome::Value(value), Some(expected)) => {
                check.exact(what, &value.significant(28, Rounding::HalfEven), expected);
                check.float(&format!("{what} as f64"), value.to_f64(), expected.to_f64());
            }
            (Outcome::Value(_), None) => check.fail(format!("{what}: no expected value")),
            (_, expected) => check.equal(what, &None, &expected.as_ref()),
        }
        for (rounding, expected) in [(Rounding::HalfEven, &self.half_even), (Rounding::HalfUp, &self.half_up)] {
            if let Some(expected) = expected {
                let printed = got.money(rounding).map(|money| money.value().map(|money| amount(&money)));
                check.equal(&format!("{what} {rounding:?}"), &printed, &Ok(Some(expected.clone())));
            }
        }
    }
}

/// The amount as printed, without its currency.
fn amount(money: &Money) -> String {
    let text = money.to_string();
    text.split_once(' ').map_or(text.clone(), |(_, amount)| amount.to_owned())
}

fn money(amount: &Exact, currency: Currency) -> Money {
    format!("{currency} {amount}").parse().expect("an amount of at most 28 digits")
}

// metrics_ratio

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum RatioInput {
    Metrics {
        #[serde(rename = "tier")]
        _tier: String,
        currency: Currency,
        minor_units: u8,
        base: Base,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    spend: Option<Exact>,
    impressions: Option<u64>,
    measurable: Option<u64>,
    viewable: Option<u64>,
    clicks: Option<u64>,
    leads: Value,
    orders: Value,
    conversions: Value,
    new_customers: Value,
    revenue: Option<Exact>,
    cogs: Option<Exact>,
    other_variable: Option<Exact>,
    video_starts: Option<u64>,
    completes: Option<u64>,
    av_measurable: Option<u64>,
    avoc: Option<u64>,
    reach: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedMetrics {
    cpm: ExpectedRatio,
    vcpm: ExpectedRatio,
    cpc: ExpectedRatio,
    cpl: ExpectedRatio,
    cpo: ExpectedRatio,
    cpa: ExpectedRatio,
    cac: ExpectedRatio,
    cpcv: ExpectedRatio,
    ctr: ExpectedRatio,
    cvr: ExpectedRatio,
    viewability: ExpectedRatio,
    measurable_rate: ExpectedRatio,
    completion_rate: ExpectedRatio,
    avoc_rate: ExpectedRatio,
    frequency: ExpectedRatio,
    aov: ExpectedRatio,
    roas: ExpectedRatio,
    acos: ExpectedRatio,
    poas: ExpectedRatio,
    margin_ratio: ExpectedRatio,
    contribution_after_ads: ExpectedRatio,
    contribution_after_ads_ratio: ExpectedRatio,
    breakeven_roas: ExpectedRatio,
    breakeven_cpo: ExpectedRatio,
}

#[test]
fn metrics_ratio() {
    Reference::new("metrics", "metrics_ratio").run(|input: RatioInput, expected: ExpectedMetrics, check| {
        let RatioInput::Metrics { currency, minor_units, base, .. } = input;
        check.equal("minor units", &currency.minor_digits(), &minor_units);
        let amount = |value: Option<Exact>| value.map(|value| money(&value, currency));
        let row = Row {
            spend: amount(base.spend),
            impressions: base.impressions,
            measurable: base.measurable,
            viewable: base.viewable,
            av_measurable: base.av_measurable,
            avoc: base.avoc,
            video_starts: base.video_starts,
            completes: base.completes,
            clicks: base.clicks,
            leads: decimal(&base.leads),
            orders: decimal(&base.orders),
            conversions: decimal(&base.conversions),
            new_customers: decimal(&base.new_customers),
            revenue: amount(base.revenue),
            cost_of_goods: amount(base.cogs),
            other_variable_cost: amount(base.other_variable),
            ..Row::default()
        };
        let mut facts = Facts::zero(currency);
        if let Err(fault) = facts.add(&row) {
            check.fail(fault);
        }
        for (what, kpi, expected) in [
            ("cpm", Kpi::Cpm, &expected.cpm),
            ("vcpm", Kpi::Vcpm, &expected.vcpm),
            ("cpc", Kpi::Cpc, &expected.cpc),
            ("cpl", Kpi::Cpl, &expected.cpl),
            ("cpo", Kpi::Cpo, &expected.cpo),
            ("cpa", Kpi::Cpa, &expected.cpa),
            ("cac", Kpi::Cac, &expected.cac),
            ("cpcv", Kpi::Cpcv, &expected.cpcv),
            ("ctr", Kpi::Ctr, &expected.ctr),
            ("cvr", Kpi::Cvr, &expected.cvr),
            ("viewability", Kpi::Viewability, &expected.viewability),
            ("measurable_rate", Kpi::MeasurableRate, &expected.measurable_rate),
            ("completion_rate", Kpi::CompletionRate, &expected.completion_rate),
            ("avoc_rate", Kpi::AvocRate, &expected.avoc_rate),
            ("aov", Kpi::Aov, &expected.aov),
            ("roas", Kpi::Roas, &expected.roas),
            ("acos", Kpi::Acos, &expected.acos),
            ("poas", Kpi::Poas, &expected.poas),
            ("margin_ratio", Kpi::Cm2Rate, &expected.margin_ratio),
            ("contribution_after_ads_ratio", Kpi::Cm3Rate, &expected.contribution_after_ads_ratio),
            ("breakeven_roas", Kpi::BreakEvenRoas, &expected.breakeven_roas),
            ("breakeven_cpo", Kpi::BreakEvenCpo, &expected.breakeven_cpo),
        ] {
            expected.check(what, &facts.kpi(kpi), check);
        }
        expected.frequency.check("frequency", &Reach::new(base.reach).frequency(&facts), check);
        let contribution =
            facts.contribution(Margin::Cm3).map_or_else(Ratio::missing, |cm3| Ratio::of_amount(&cm3, Exact::ONE));
        expected.contribution_after_ads.check("contribution_after_ads", &contribution, check);
    });
}

// metrics_aggregate

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum AggregateInput {
    Aggregate { rows: Vec<AggregateRow> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AggregateRow {
    spend: Exact,
    impressions: u64,
    clicks: u64,
    conversions: Value,
    revenue: Exact,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedAggregate {
    total: ExpectedRatio,
    mean_of_row_ratios: Option<Exact>,
    rows_without_denominator: u64,
    numerator_in_rows_without_denominator: Exact,
}

#[test]
fn metrics_aggregate() {
    type Expected = BTreeMap<String, ExpectedAggregate>;
    Reference::new("metrics", "metrics_aggregate").run(|input: AggregateInput, expected: Expected, check| {
        let AggregateInput::Aggregate { rows } = input;
        let rows: Vec<Facts> = rows
            .into_iter()
            .map(|row| {
                let mut facts = Facts::zero(Currency::NOK);
                let row = Row {
                    spend: Some(money(&row.spend, Currency::NOK)),
                    impressions: Some(row.impressions),
                    clicks: Some(row.clicks),
                    conversions: decimal(&row.conversions),
                    revenue: Some(money(&row.revenue, Currency::NOK)),
                    ..Row::default()
                };
                facts.add(&row).expect("one currency");
                facts
            })
            .collect();
        let mut total = Facts::zero(Currency::NOK);
        for row in &rows {
            total.merge(row).expect("one currency");
        }
        for (name, expected) in expected {
            let kpi = match name.as_str() {
                "cpc" => Kpi::Cpc,
                "ctr" => Kpi::Ctr,
                "cvr" => Kpi::Cvr,
                "cpa" => Kpi::Cpa,
                "roas" => Kpi::Roas,
                unknown => {
                    check.fail(format!("unknown ratio {unknown}"));
                    continue;
                }
            };
            expected.total.check(&name, &total.kpi(kpi), check);
            let ratios: Vec<Ratio> = rows.iter().map(|row| row.kpi(kpi)).collect();
            let shown = MeanOfRowRatios::of(&ratios);
            match (&shown.mean, &expected.mean_of_row_ratios) {
                (Some(got), Some(expected)) => check.exact(&name, got, expected),
                (got, expected) => check.equal(&name, got, expected),
            }
            check.equal(&name, &shown.rows_without_denominator, &expected.rows_without_denominator);
            check.equal(&name, &shown.dropped_numerator, &expected.numerator_in_rows_without_denominator);
        }
    });
}

// metrics_margin

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum MarginInput {
    Contribution { lines: Vec<Line>, order_costs: Costs, ad_spend: Exact },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    units: u32,
    price_incl_vat: Exact,
    vat_rate: Exact,
    discount_incl_vat: Exact,
    unit_cost: Exact,
    returned_units: u32,
    returned_cost_recovered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Costs {
    shipping_cost: Exact,
    payment_fee_rate: Exact,
    payment_fee_fixed: Exact,
    orders: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedMargin {
    net_revenue: Exact,
    cogs: Exact,
    fees: Exact,
    cm1: Exact,
    cm2: Exact,
    cm3: Exact,
    cm1_ratio: ExpectedRatio,
    cm2_ratio: ExpectedRatio,
    cm3_ratio: ExpectedRatio,
    roas_net: ExpectedRatio,
    roas_gross: ExpectedRatio,
    poas: ExpectedRatio,
    breakeven_roas_net: ExpectedRatio,
    breakeven_cpo: ExpectedRatio,
}

#[test]
fn metrics_margin() {
    Reference::new("metrics", "metrics_margin").run(|input: MarginInput, expected: ExpectedMargin, check| {
        let MarginInput::Contribution { lines, order_costs, ad_spend } = input;
        let nok = |amount: &Exact| money(amount, Currency::NOK);
        let lines: Vec<OrderLine> = lines
            .iter()
            .map(|line| OrderLine {
                units: line.units,
                price_incl_vat: nok(&line.price_incl_vat),
                vat_rate: VatRate::new(line.vat_rate.clone()).expect("a VAT rate"),
                discount_incl_vat: nok(&line.discount_incl_vat),
                unit_cost: nok(&line.unit_cost),
                returned_units: line.returned_units,
                returned_cost_recovered: line.returned_cost_recovered,
            })
            .collect();
        let costs = OrderCosts {
            shipping: nok(&order_costs.shipping_cost),
            payment_fee_rate: order_costs.payment_fee_rate,
            payment_fee_fixed: nok(&order_costs.payment_fee_fixed),
        };
        let mut sales = Sales::none(Currency::NOK);
        sales.add(&lines, order_costs.orders, &costs).expect("valid lines");
        let facts = sales.facts(nok(&ad_spend)).expect("one currency");

        let cm = |margin| facts.contribution(margin).expect("all inputs known").amount().clone();
        check.exact("net_revenue", sales.net_revenue().amount(), &expected.net_revenue);
        check.exact("cogs", facts.get(Fact::CostOfGoods).expect("known"), &expected.cogs);
        check.exact("fees", sales.payment_fees().amount(), &expected.fees);
        check.exact("cm1", &cm(Margin::Cm1), &expected.cm1);
        check.exact("cm2", &cm(Margin::Cm2), &expected.cm2);
        check.exact("cm3", &cm(Margin::Cm3), &expected.cm3);
        for (what, kpi, expected) in [
            ("cm1_ratio", Kpi::Cm1Rate, &expected.cm1_ratio),
            ("cm2_ratio", Kpi::Cm2Rate, &expected.cm2_ratio),
            ("cm3_ratio", Kpi::Cm3Rate, &expected.cm3_ratio),
            ("roas_net", Kpi::Roas, &expected.roas_net),
            ("poas", Kpi::Poas, &expected.poas),
            ("breakeven_cpo", Kpi::BreakEvenCpo, &expected.breakeven_cpo),
        ] {
            expected.check(what, &facts.kpi(kpi), check);
        }
        let gross_roas = sales.gross_roas(nok(&ad_spend)).expect("one currency");
        expected.roas_gross.check("roas_gross", &gross_roas, check);
        match facts.break_even_roas() {
            BreakEven::At(_) => {
                expected.breakeven_roas_net.check("breakeven_roas_net", &facts.kpi(Kpi::BreakEvenRoas), check);
            }
            other => check.equal(
                "breakeven_roas_net",
                &(other == BreakEven::Never).then_some("never_breaks_even"),
                &Some(expected.breakeven_roas_net.status.as_str()),
            ),
        }
    });
}

// metrics_fx

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum FxInput {
    MixedCurrency {
        rows: Vec<FxRow>,
        rates_in_nok: BTreeMap<Currency, Exact>,
        report_currency: Currency,
        minor_units: u8,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FxRow {
    spend: Exact,
    spend_currency: Currency,
    revenue: Exact,
    revenue_currency: Currency,
    orders: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedAmount {
    decimal: Exact,
    half_even: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFx {
    spend: ExpectedAmount,
    revenue: ExpectedAmount,
    roas: ExpectedRatio,
    cpo: ExpectedRatio,
}

#[test]
fn metrics_fx() {
    let date = NaiveDate::from_ymd_opt(2025, 9, 1).expect("a date");
    Reference::new("metrics", "metrics_fx").run(|input: FxInput, expected: ExpectedFx, check| {
        let FxInput::MixedCurrency { rows, rates_in_nok, report_currency, minor_units } = input;
        check.equal("minor units", &report_currency.minor_digits(), &minor_units);
        let mut rates = ExchangeRates::new(Currency::NOK);
        for (currency, rate) in rates_in_nok {
            let rate = rate.to_decimal().expect("a decimal rate");
            rates.insert(date, currency, rate).expect("a rate above zero");
        }
        let mut facts = Facts::zero(report_currency);
        for row in rows {
            let row = Row {
                spend: Some(money(&row.spend, row.spend_currency)),
                revenue: Some(money(&row.revenue, row.revenue_currency)),
                orders: decimal(&row.orders),
                ..Row::default()
            };
            if row.spend.is_some_and(|spend| spend.currency() != report_currency) {
                check.equal("adding without a rate", &facts.clone().add(&row).is_err(), &true);
            }
            facts.add_converted(&row, &rates, date).expect("all rates are there");
        }
        for (what, fact, expected) in
            [("spend", Fact::Spend, &expected.spend), ("revenue", Fact::Revenue, &expected.revenue)]
        {
            let total = facts.amount(fact).expect("known in all rows");
            check.exact(what, total.amount(), &expected.decimal);
            check.equal(what, &total.round(Rounding::HalfEven).map(|m| amount(&m)), &Ok(expected.half_even.clone()));
        }
        expected.roas.check("roas", &facts.kpi(Kpi::Roas), check);
        expected.cpo.check("cpo", &facts.kpi(Kpi::Cpo), check);
    });
}

// metrics_effect_score

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum ScoreInput {
    EffectScore {
        version: String,
        results: Value,
        target_results: Value,
        spend: Value,
        target_cpr: Value,
        visibility: Option<ScoreVisibility>,
        frequency: Option<ScoreFrequency>,
        weights: [f64; 3],
        prior_results: f64,
        level: f64,
    },
    PScoreGreater {
        version: String,
        a: ScoreSide,
        b: ScoreSide,
        weights: [f64; 3],
        prior_results: f64,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreVisibility {
    measurable: u64,
    seen: u64,
    benchmark: f64,
    prior_impressions: f64,
    cap: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreFrequency {
    average: Option<f64>,
    histogram: Option<Vec<(u32, u64)>>,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreSide {
    results: Value,
    spend: Value,
    target_results: Value,
    target_cpr: Value,
    quality: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ExpectedScore {
    Probability(ExpectedProbability),
    Score(Box<ExpectedParts>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedProbability {
    value: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedParts {
    attainment: f64,
    visibility_rate: Option<f64>,
    visibility_weight: f64,
    frequency: Option<f64>,
    frequency_weight: f64,
    quality: f64,
    efficiency: Option<f64>,
    score: Option<f64>,
    raw_score_per_currency: Option<f64>,
    shrunk_efficiency: Option<f64>,
    shrunk_score: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    p_efficiency_at_least_target: Option<f64>,
    display_0_100: Option<f64>,
}

fn score(
    scoring: &EffectScoring,
    results: &Value,
    spend: &Value,
    target: [&Value; 2],
    quality: Quality,
) -> Result<EffectScore, styring_metrics::Error> {
    let number = |value: &Value| decimal(value).expect("a number");
    let nok = |value: &Value| Unrounded::new(number(value), Currency::NOK);
    scoring.score(
        &Delivery { results: number(results), spend: nok(spend), quality },
        &Target { results: number(target[0]), cost_per_result: nok(target[1]) },
    )
}

fn weights([attainment, quality, efficiency]: [f64; 3]) -> ScoreWeights {
    ScoreWeights { attainment, quality, efficiency }
}

#[test]
fn metrics_effect_score() {
    Reference::new("metrics", "metrics_effect_score").run(|input: ScoreInput, expected: ExpectedScore, check| {
        match (input, expected) {
            (
                ScoreInput::EffectScore {
                    version,
                    results,
                    target_results,
                    spend,
                    target_cpr,
                    visibility,
                    frequency,
                    weights: exponents,
                    prior_results,
                    level,
                },
                ExpectedScore::Score(expected),
            ) => {
                check.equal("version", &version.as_str(), &"es-1");
                let band = frequency
                    .as_ref()
                    .map_or(FrequencyBand { low: 1.0, high: f64::MAX }, |f| FrequencyBand { low: f.low, high: f.high });
                let frequency = match frequency {
                    Some(ScoreFrequency { histogram: Some(people), average: None, .. }) => Frequency::Histogram(people),
                    Some(ScoreFrequency { average: Some(mean), histogram: None, .. }) => Frequency::Average(mean),
                    Some(_) => return check.fail("a frequency is either a mean or a histogram"),
                    None => Frequency::Unmeasured,
                };
                let visibility = visibility.map_or(Visibility::NotApplicable, |v| {
                    Visibility::Measured(MeasuredVisibility {
                        measurable: v.measurable,
                        seen: v.seen,
                        benchmark: v.benchmark,
                        prior_impressions: v.prior_impressions,
                        cap: v.cap,
                    })
                });
                let got = EffectScoring::new(weights(exponents), prior_results, level).and_then(|scoring| {
                    let quality = Quality::new(&visibility, &frequency, band)?;
                    score(&scoring, &results, &spend, [&target_results, &target_cpr], quality)
                });
                match got {
                    Ok(got) => expected.check(&got, check),
                    Err(fault) => check.fail(fault),
                }
            }
            (
                ScoreInput::PScoreGreater { version, a, b, weights: exponents, prior_results },
                ExpectedScore::Probability(expected),
            ) => {
                check.equal("version", &version.as_str(), &"es-1");
                let got = EffectScoring::new(weights(exponents), prior_results, 0.9).and_then(|scoring| {
                    let side = |side: &ScoreSide| {
                        let quality = Quality::given(side.quality)?;
                        score(&scoring, &side.results, &side.spend, [&side.target_results, &side.target_cpr], quality)
                    };
                    side(&a)?.probability_above(&side(&b)?)
                });
                match got {
                    Ok(got) => check.float("value", got, expected.value),
                    Err(fault) => check.fail(fault),
                }
            }
            _ => check.fail("input and expectation do not belong together"),
        }
    });
}

impl ExpectedParts {
    fn check(&self, got: &EffectScore, check: &mut Check) {
        let quality = got.quality();
        check.float("attainment", got.attainment(), self.attainment);
        check.float("visibility_weight", quality.visibility_weight(), self.visibility_weight);
        check.float("frequency_weight", quality.frequency_weight(), self.frequency_weight);
        check.float("quality", quality.weight(), self.quality);
        for (what, got, expected) in [
            ("visibility_rate", quality.visibility_rate(), self.visibility_rate),
            ("frequency", quality.frequency(), self.frequency),
            ("efficiency", got.efficiency(), self.efficiency),
            ("score", got.point(), self.score),
            ("raw_score_per_currency", got.literal(), self.raw_score_per_currency),
            ("shrunk_efficiency", got.shrunk_efficiency(), self.shrunk_efficiency),
            ("shrunk_score", got.shrunk(), self.shrunk_score),
            ("low", got.interval().map(|(low, _)| low), self.low),
            ("high", got.interval().map(|(_, high)| high), self.high),
            ("p_efficiency_at_least_target", got.probability_on_target(), self.p_efficiency_at_least_target),
            ("display_0_100", got.index(), self.display_0_100),
        ] {
            match (got, expected) {
                (Some(got), Some(expected)) => check.float(what, got, expected),
                (got, expected) => check.equal(what, &got, &expected),
            }
        }
    }
}

// metrics_kag and metrics_online_ads: real exports, read in place

struct Table {
    columns: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    fn open(name: &str) -> Option<Self> {
        let mut reader = csv::Reader::from_path(data::file(name)?).expect("a readable file");
        let columns = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let rows = reader.records().collect::<Result<_, _>>().expect("well-formed rows");
        Some(Self { columns, rows })
    }

    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).expect("a column of this name")
    }

    /// The facts of the rows whose columns equal the filter, and an extra column summed.
    fn group(&self, filter: &BTreeMap<String, String>, map: &[(Fact, &str)], extra: Option<&str>) -> (Facts, Exact) {
        let filter: Vec<_> = filter.iter().map(|(name, value)| (self.column(name), value)).collect();
        let map: Vec<_> = map.iter().map(|(fact, name)| (*fact, self.column(name))).collect();
        let extra = extra.map(|name| self.column(name));
        let mut facts = Facts::zero(Currency::USD);
        let mut sum = Exact::ZERO;
        for row in &self.rows {
            let number = |column: usize| row[column].parse::<Exact>().expect("a number");
            if filter.iter().all(|(column, value)| &row[*column] == value.as_str()) {
                let cells = map.iter().map(|(fact, column)| (*fact, number(*column)));
                facts.add_cells(cells).expect("few rows");
                sum += &extra.map_or(Exact::ZERO, number);
            }
        }
        (facts, sum)
    }
}

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum GroupInput {
    KagGroup { filter: BTreeMap<String, String> },
    OnlineAdsGroup { filter: BTreeMap<String, String> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedKag {
    rows: u64,
    spend: Value,
    impressions: Value,
    clicks: Value,
    leads: Value,
    orders: Value,
    cpm: ExpectedRatio,
    cpc: ExpectedRatio,
    ctr: ExpectedRatio,
    cpl: ExpectedRatio,
    cpo: ExpectedRatio,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedOnlineAds {
    rows: u64,
    impressions: Value,
    clicks: Value,
    orders: Value,
    media_cost: Value,
    advertiser_spend: Value,
    sales: Value,
    cpm: ExpectedRatio,
    cpc: ExpectedRatio,
    ctr: ExpectedRatio,
    cvr: ExpectedRatio,
    cpo: ExpectedRatio,
    aov: ExpectedRatio,
    roas: ExpectedRatio,
    agency_margin_ratio: ExpectedRatio,
}

fn check_sums(facts: &Facts, expected: &[(Fact, &Value)], check: &mut Check) {
    for (fact, expected) in expected {
        check.equal(fact.name(), &facts.get(*fact), &decimal(expected).as_ref());
    }
}

#[test]
fn metrics_kag() {
    let Some(table) = Table::open("kag_facebook_ads/KAG_conversion_data.csv") else {
        return;
    };
    let map = [
        (Fact::Spend, "Spent"),
        (Fact::Impressions, "Impressions"),
        (Fact::Clicks, "Clicks"),
        (Fact::Leads, "Total_Conversion"),
        (Fact::Orders, "Approved_Conversion"),
    ];
    Reference::new("metrics", "metrics_kag").run(|input: GroupInput, expected: ExpectedKag, check| {
        let GroupInput::KagGroup { filter } = input else {
            return check.fail("another kind of group");
        };
        let (facts, _) = table.group(&filter, &map, None);
        check.equal("rows", &facts.rows(), &expected.rows);
        check_sums(
            &facts,
            &[
                (Fact::Spend, &expected.spend),
                (Fact::Impressions, &expected.impressions),
                (Fact::Clicks, &expected.clicks),
                (Fact::Leads, &expected.leads),
                (Fact::Orders, &expected.orders),
            ],
            check,
        );
        for (what, kpi, expected) in [
            ("cpm", Kpi::Cpm, &expected.cpm),
            ("cpc", Kpi::Cpc, &expected.cpc),
            ("ctr", Kpi::Ctr, &expected.ctr),
            ("cpl", Kpi::Cpl, &expected.cpl),
            ("cpo", Kpi::Cpo, &expected.cpo),
        ] {
            expected.check(what, &facts.kpi(kpi), check);
        }
    });
}

#[test]
fn metrics_online_ads() {
    let Some(table) = Table::open("online_ads_2020/online_advertising_performance_data.csv") else {
        return;
    };
    let map = [
        // The file is the seller's: what the advertiser pays is the seller's revenue.
        (Fact::Spend, "revenue"),
        (Fact::Impressions, "displays"),
        (Fact::Clicks, "clicks"),
        (Fact::Orders, "post_click_conversions"),
        (Fact::Conversions, "post_click_conversions"),
        (Fact::Revenue, "post_click_sales_amount"),
    ];
    Reference::new("metrics", "metrics_online_ads").run(|input: GroupInput, expected: ExpectedOnlineAds, check| {
        let GroupInput::OnlineAdsGroup { filter } = input else {
            return check.fail("another kind of group");
        };
        let (facts, media_cost) = table.group(&filter, &map, Some("cost"));
        check.equal("rows", &facts.rows(), &expected.rows);
        check.equal("media_cost", &Some(&media_cost), &decimal(&expected.media_cost).as_ref());
        check_sums(
            &facts,
            &[
                (Fact::Spend, &expected.advertiser_spend),
                (Fact::Impressions, &expected.impressions),
                (Fact::Clicks, &expected.clicks),
                (Fact::Orders, &expected.orders),
                (Fact::Revenue, &expected.sales),
            ],
            check,
        );
        for (what, kpi, expected) in [
            ("cpm", Kpi::Cpm, &expected.cpm),
            ("cpc", Kpi::Cpc, &expected.cpc),
            ("ctr", Kpi::Ctr, &expected.ctr),
            ("cvr", Kpi::Cvr, &expected.cvr),
            ("cpo", Kpi::Cpo, &expected.cpo),
            ("aov", Kpi::Aov, &expected.aov),
            ("roas", Kpi::Roas, &expected.roas),
        ] {
            expected.check(what, &facts.kpi(kpi), check);
        }
        let spend = facts.get(Fact::Spend).expect("known in all rows");
        let margin = Ratio::new(spend - &media_cost, spend.clone());
        expected.agency_margin_ratio.check("agency_margin_ratio", &margin, check);
    });
}

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum UncertaintyInput {
    CostPerResultInterval { spend: f64, results: f64, level: f64 },
    RateInterval { successes: f64, trials: f64, level: f64 },
    SpendWithoutResultToRejectTarget { target_cpr: f64, level: f64 },
    RoasIntervalEffectiveCount { spend: f64, order_values: Vec<f64>, level: f64 },
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum ExpectedUncertainty {
    Cost { results_low: f64, results_high: f64, cpr_low: f64, cpr_high: Option<f64> },
    Rate { wilson: [f64; 2], clopper_pearson: [f64; 2], jeffreys: [f64; 2] },
    Spend { value: f64 },
    Roas { roas: f64, effective_count: f64, low: f64, high: f64 },
}

fn check_limits(what: &str, got: Limits, low: f64, high: Option<f64>, check: &mut Check) {
    check.float(&format!("{what} low"), got.low.unwrap_or(f64::NAN), low);
    check_limit(&format!("{what} high"), got.high, high, check);
}

fn check_limit(what: &str, got: Option<f64>, expected: Option<f64>, check: &mut Check) {
    match (got, expected) {
        (Some(got), Some(expected)) => check.float(what, got, expected),
        (got, expected) => check.equal(what, &got, &expected),
    }
}

#[test]
fn metrics_uncertainty() {
    use {ExpectedUncertainty as Expected, UncertaintyInput as Input};
    Reference::new("metrics", "metrics_uncertainty").run(|input: Input, expected: Expected, check| {
        let confidence = |level| Confidence::two_sided(level).expect("a level");
        match (input, expected) {
            (
                Input::CostPerResultInterval { spend, results, level },
                Expected::Cost { results_low, results_high, cpr_low, cpr_high },
            ) => {
                let counts = count_limits(results, confidence(level)).expect("a count");
                check_limits("results", counts, results_low, Some(results_high), check);
                let costs = cost_limits(spend, results, confidence(level)).expect("a cost");
                check_limits("cost", costs, cpr_low, cpr_high, check);
            }
            (
                Input::RateInterval { successes, trials, level },
                Expected::Rate { wilson, clopper_pearson, jeffreys },
            ) => {
                for (method, [low, high]) in [
                    (RateMethod::Wilson, wilson),
                    (RateMethod::ClopperPearson, clopper_pearson),
                    (RateMethod::Jeffreys, jeffreys),
                ] {
                    let limits = rate_limits(successes, trials, method, confidence(level)).expect("a rate");
                    check_limits(&format!("{method:?}"), limits, low, Some(high), check);
                }
            }
            (Input::SpendWithoutResultToRejectTarget { target_cpr, level }, Expected::Spend { value }) => {
                check.float("spend", spend_to_reject(target_cpr, level).expect("a target"), value);
            }
            (
                Input::RoasIntervalEffectiveCount { spend, order_values, level },
                Expected::Roas { roas, effective_count, low, high },
            ) => {
                let mut values = OrderValues::default();
                let mut sum = 0.0;
                for value in order_values {
                    let revenue = Exact::try_from(value).expect("a value");
                    values.add(&Order { revenue, ..Order::default() });
                    sum += value;
                }
                check.float("roas", sum / spend, roas);
                check.float("effective count", values.effective_count(), effective_count);
                let limits = values.limits(Kpi::Roas, spend, confidence(level)).expect("limits");
                check_limits("roas", limits, low, Some(high), check);
            }
            _ => check.fail("input and expected values are of different kinds"),
        }
    });
}

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum StopInput {
    CostStop { metric: String, rule: String, threshold: f64, spend: f64, count: f64, level: f64 },
    RateStop { metric: String, rule: String, threshold: f64, successes: f64, trials: f64, level: f64 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedStop {
    point: Option<f64>,
    lower_bound: Option<f64>,
    upper_bound: Option<f64>,
    point_breach: Option<bool>,
    decision: String,
}

#[test]
fn metrics_stoploss() {
    Reference::new("metrics", "metrics_stoploss").run(|input: StopInput, expected: ExpectedStop, check| {
        let rule_of = |metric: &str, rule: &str, threshold: f64| {
            let kpi = Kpi::called(&metric.replace('_', " ")).expect("a KPI");
            let sign = if kpi.better() == Some(Better::Lower) { "greater_than" } else { "less_than" };
            assert_eq!(rule, sign);
            StopRule { kpi, threshold: Exact::try_from(threshold).expect("a number"), currency: None }
        };
        let got = match &input {
            StopInput::CostStop { metric, rule, threshold, spend, count, level } => {
                rule_of(metric, rule, *threshold).check_cost(*spend, *count, *level)
            }
            StopInput::RateStop { metric, rule, threshold, successes, trials, level } => {
                rule_of(metric, rule, *threshold).check_rate(*successes, *trials, *level)
            }
        }
        .expect("a check");
        check_limit("point", got.point, expected.point, check);
        check_limit("lower bound", got.limits.low, expected.lower_bound, check);
        check_limit("upper bound", got.limits.high, expected.upper_bound, check);
        check.equal("point breach", &got.point_breach, &expected.point_breach);
        let decision = match got.decision {
            StopDecision::Stop => "stop",
            StopDecision::Keep => "keep",
            StopDecision::Undecided { .. } => "undecided",
        };
        check.equal("decision", &decision, &expected.decision.as_str());
    });
}

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum GoalInput {
    Goal { baseline_for_same_length_period: Exact, uplift: Exact, days: u32, elapsed: u32, actual: Exact },
}

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
#[allow(clippy::large_enum_variant)]
enum ExpectedGoal {
    Ok {
        target: Exact,
        expected_to_date: Exact,
        attainment_total: ExpectedRatio,
        attainment_to_date: ExpectedRatio,
        required_per_day: ExpectedRatio,
        projected: ExpectedRatio,
        uplift_so_far: ExpectedRatio,
    },
    BaselineNotPositive,
}

#[test]
fn metrics_goal() {
    Reference::new("metrics", "metrics_goal").run(|input: GoalInput, expected: ExpectedGoal, check| {
        let GoalInput::Goal { baseline_for_same_length_period: baseline, uplift, days, elapsed, actual } = input;
        let goal = Goal {
            scope: String::new(),
            measure: Measure::Sum(Fact::Revenue),
            direction: Direction::Raise,
            change: Change::Percent(uplift),
            days,
            currency: None,
        };
        match (goal.target(&baseline), expected) {
            (Err(fault), ExpectedGoal::BaselineNotPositive) => {
                check.equal("fault", &fault.to_string().starts_with("baseline must be above zero"), &true);
            }
            (
                Ok(got),
                ExpectedGoal::Ok {
                    target,
                    expected_to_date,
                    attainment_total,
                    attainment_to_date,
                    required_per_day,
                    projected,
                    uplift_so_far,
                },
            ) => {
                check.exact("target", &got, &target);
                let progress = Progress::straight(got, days, elapsed, actual).expect("a pace");
                check.exact("expected to date", &progress.expected_to_date(), &expected_to_date);
                attainment_total.check("attainment", &progress.attainment(), check);
                attainment_to_date.check("attainment to date", &progress.attainment_to_date(), check);
                required_per_day.check("required per day", &progress.required_per_day(), check);
                projected.check("projected", &progress.projected(), check);
                uplift_so_far.check("uplift so far", &progress.uplift_so_far(&baseline), check);
            }
            (got, _) => check.fail(format!("target: got {got:?}")),
        }
    });
}
