//! The detection error trade-off curve as an SVG picture: false matches across, false non-matches upwards, both on a
//! scale of normal deviates, as ISO/IEC 19795-1 draws it.

use std::fmt::Write as _;

use super::outcome::Evaluation;

/// Edge length of the plot, pixels.
const SIDE: f64 = 460.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 50.0;
/// The axes' ends.
const LOWEST: f64 = 0.000_05;
const HIGHEST: f64 = 0.6;
const TICKS: [f64; 10] = [0.000_1, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.5];
const COLOURS: [&str; 5] = ["#0b5cad", "#b3430d", "#4d7c0f", "#7c3aed", "#374151"];
const DASHES: [&str; 5] = ["none", "7 4", "2 3", "9 3 2 3", "4 2"];

/// The curves of all matchers in one picture.
pub fn det_curve(evaluation: &Evaluation) -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 640\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"600\" height=\"640\" fill=\"#fff\"/>\n",
    );
    let title = format!(
        "DET: {}, {} genuine, {} impostors, seed {}",
        evaluation.condition, evaluation.genuine, evaluation.impostors, evaluation.seed
    );
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<title>{title}</title>\n<text x=\"{LEFT}\" y=\"30\" font-size=\"15\">{title}</text>"
    );
    grid(&mut svg);
    for (nth, outcome) in evaluation.outcomes.iter().enumerate() {
        let colour = COLOURS.get(nth % COLOURS.len()).copied().unwrap_or_default();
        let dash = DASHES.get(nth % DASHES.len()).copied().unwrap_or_default();
        let line = format!(
            "fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\""
        );
        let _ = writeln!(svg, "<polyline {line} points=\"{}\"/>", points(&outcome.rates.curve()));
        let y = TOP + SIDE + 60.0 + 18.0 * nth as f64;
        let name = escaped(&outcome.matcher);
        let _ = writeln!(
            svg,
            "<path {line} d=\"M{LEFT} {:.1}h40\"/><text x=\"{}\" y=\"{y:.1}\">{name}, EER {:.2} %</text>",
            y - 4.0,
            LEFT + 50.0,
            100.0 * outcome.eer
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn grid(svg: &mut String) {
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    for tick in TICKS {
        let (x, y) = (across(tick), upwards(tick));
        let label = format!("{} %", 100.0 * tick);
        let _ = writeln!(
            svg,
            "<path stroke=\"#ddd\" d=\"M{x:.1} {TOP}V{bottom}M{LEFT} {y:.1}H{right}\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"10\">{label}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" font-size=\"10\">{label}</text>",
            bottom + 16.0,
            LEFT - 6.0,
            y + 3.5
        );
    }
    let _ = writeln!(
        svg,
        "<path stroke=\"#999\" stroke-dasharray=\"3 3\" d=\"M{LEFT} {bottom}L{right} {TOP}\"/>\
         <rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#333\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">false match rate</text>\
         <text transform=\"translate(18 {:.1}) rotate(-90)\" text-anchor=\"middle\">false non-match rate</text>",
        LEFT + SIDE / 2.0,
        bottom + 36.0,
        TOP + SIDE / 2.0
    );
}

/// Corners of the curve, none twice at one tenth of a pixel.
fn points(curve: &[(f64, f64)]) -> String {
    let mut corners: Vec<String> = curve
        .iter()
        .map(|(fmr, fnmr)| format!("{:.1},{:.1}", across(*fmr), upwards(*fnmr)))
        .collect();
    corners.dedup();
    corners.join(" ")
}

fn across(rate: f64) -> f64 {
    LEFT + SIDE * place(rate)
}

fn upwards(rate: f64) -> f64 {
    TOP + SIDE * (1.0 - place(rate))
}

/// Where on an axis a rate lies, 0 to 1.
fn place(rate: f64) -> f64 {
    let (low, high) = (deviate(LOWEST), deviate(HIGHEST));
    (deviate(rate.clamp(LOWEST, HIGHEST)) - low) / (high - low)
}

/// The normal deviate below which this share lies: the logistic approximation of Bowling et al. (2009), turned round; good to
/// a tenth of a pixel's neighbourhood, which a plot needs and a table would not get.
fn deviate(share: f64) -> f64 {
    let logit = (share / (1.0 - share)).ln();
    // 0.07056 z³ + 1.5976 z = logit, by Newton's way.
    (0..30).fold(logit / 1.6, |z, _| {
        z - (0.070_56 * z * z * z + 1.597_6 * z - logit) / (0.211_68 * z * z + 1.597_6)
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_deviates_are_near_the_table() {
        for (share, deviate_of_it) in
            [(0.5, 0.0), (0.158_655, -1.0), (0.022_75, -2.0), (0.001_35, -3.0)]
        {
            assert!((deviate(share) - deviate_of_it).abs() < 0.03, "{share}: {}", deviate(share));
        }
    }

    #[test]
    fn rates_beyond_the_axes_stay_at_their_ends() {
        assert!((across(0.0) - LEFT).abs() < 1e-9 && (across(1.0) - LEFT - SIDE).abs() < 1e-9);
        assert!((upwards(0.0) - TOP - SIDE).abs() < 1e-9 && upwards(0.01) < upwards(0.001));
    }
}
