//! The part of YZKsiquc01res that care histories fill: electronic prescriptions, care and operations.

use jiff::civil::Date;

use crate::{
    messages::{
        YearMonth,
        yzk::{DiDateInf, DrugInf, MeTrMonthInf, SimCareInf},
    },
    service::{
        care_history::{Care, CareHistory, Dispensing, Drug, Operation, Place, Prescription},
        functions::Function,
        information::{Days, is_care_asked},
    },
};

/// What a request is about.
pub(super) struct Asked {
    pub days: Days,
    pub today: Date,
    /// Whether drugs were asked for and agreed to.
    pub wants_drugs: bool,
}

impl Asked {
    /// `ShPrMonthInf`: what was prescribed electronically, today's included. Rows OQS-INFO-06, OQS-RX-02.
    pub fn prescribed(&self, reported: &CareHistory) -> Vec<MeTrMonthInf> {
        let issued = reported.prescriptions.iter().filter(|one| self.is_drug_asked(one.issued));
        issued.map(|one| month(one, one.issued, &one.drugs, None)).collect()
    }

    /// `CzDiMonthInf`: what was handed out on electronic prescriptions.
    pub fn dispensed(&self, reported: &CareHistory) -> Vec<MeTrMonthInf> {
        let handed_out = |one: &Prescription| {
            let of = one.dispensed.as_ref().filter(|of| self.is_drug_asked(of.on))?;
            let Dispensing { on, pharmacy, drugs } = of;
            Some(month(one, *on, drugs, Some(pharmacy)))
        };
        reported.prescriptions.iter().filter_map(handed_out).collect()
    }

    /// Care, when it is opened. Row OQS-INFO-02.
    pub fn care(&self, opened: bool, reported: &CareHistory) -> Vec<SimCareInf> {
        let shown = reported.care.iter().filter(|care| opened && self.is_asked(care.on));
        let told = |care: &Care| SimCareInf {
            me_tr_date: care.on,
            me_tr_di_h_cd: care.institution.code.clone(),
            me_tr_di_h_nm: care.institution.name.clone(),
            sim_act_code: care.code.clone(),
            sim_act_name: care.name.clone(),
        };
        shown.map(told).collect()
    }

    /// Operations, when they are opened. Row OQS-INFO-02.
    pub fn operations(&self, opened: bool, reported: &CareHistory) -> Vec<SimCareInf> {
        let shown = reported.operations.iter().filter(|one| opened && self.is_asked(one.on));
        let told = |one: &Operation| SimCareInf {
            me_tr_date: one.on,
            me_tr_di_h_cd: one.institution.code.clone(),
            me_tr_di_h_nm: one.institution.name.clone(),
            sim_act_code: one.code.clone(),
            sim_act_name: one.name.clone(),
        };
        shown.map(told).collect()
    }

    fn is_asked(&self, on: Date) -> bool {
        is_care_asked(on, self.days, self.today)
    }

    fn is_drug_asked(&self, on: Date) -> bool {
        self.wants_drugs && Function::EPrescription.is_open_on(on) && self.is_asked(on)
    }
}

/// One day of one prescription. A prescription that is not dispensed stands under the day of its issue.
fn month(of: &Prescription, on: Date, drugs: &[Drug], pharmacy: Option<&Place>) -> MeTrMonthInf {
    MeTrMonthInf {
        di_org: None,
        me_tr_di_h_cd: pharmacy.map(|pharmacy| pharmacy.code.clone()),
        prls_h_cd: Some(of.prescriber.code.clone()),
        me_tr_di_h_nm: pharmacy.map(|pharmacy| pharmacy.name.clone()),
        me_tr_month: YearMonth::of(on),
        prls_h_nm: Some(of.prescriber.name.clone()),
        pr_is_org: None,
        in_out: None,
        days: vec![DiDateInf {
            di_date: on,
            pr_date: Some(of.issued),
            drugs: drugs.iter().map(drug).collect(),
        }],
    }
}

fn drug(drug: &Drug) -> DrugInf {
    DrugInf {
        drug_c: drug.code.clone(),
        drug_n: drug.name.clone(),
        ingre_n: None,
        qua1: Some(drug.quantity.clone()),
        unit: drug.unit.clone(),
        usage_n: drug.usage.clone(),
        sp_inst: None,
        times: drug.times.map(u32::from),
        me_tr_id_cl: None,
    }
}
