//! Laws over all inputs: evidence survives its file, no change to the file goes unseen, and no input makes us panic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use reports::evidence::{
    Bytes, Chain, Crossing, Direction, EvidenceEntry, Line, Seam, read_lines, verify_chain,
    verify_entries, write_lines,
};
use reports::model::Text2;
use reports::{json, timeline};

fn any_bytes() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20)
            .prop_map(|raw| Bytes::Hex(raw.iter().map(|b| format!("{b:02X}")).collect())),
        any::<String>().prop_map(Bytes::Hex),
        any::<String>().prop_map(Bytes::Text),
        (any::<String>(), any::<u64>(), any::<String>())
            .prop_map(|(kind, length, digest)| Bytes::Redacted { kind, length, digest }),
    ]
}

fn any_crossing() -> impl Strategy<Value = Crossing> {
    let seams = vec![
        Seam::Camera,
        Seam::Matcher,
        Seam::Card,
        Seam::Card,
        Seam::Card,
        Seam::Reader,
        Seam::Backend,
        Seam::Folder,
        Seam::ValidationAuthority,
        Seam::Feed,
        Seam::Claim,
        Seam::Portal,
        Seam::Control,
    ];
    let party = prop_oneof![Just("reader".to_owned()), Just("card".to_owned()), any::<String>()];
    (
        any::<String>(),
        prop::sample::select(seams),
        (party.clone(), party),
        prop::sample::select(vec![Direction::Request, Direction::Answer, Direction::Event]),
        prop::option::of((any::<String>(), any::<String>())),
        any_bytes(),
    )
        .prop_map(|(virtual_time, seam, (from, to), direction, summary, bytes)| Crossing {
            virtual_time,
            seam,
            from,
            to,
            direction,
            summary: summary.map(|(ja, en)| Text2::new(ja, en)),
            bytes,
        })
}

fn chained(crossings: Vec<Crossing>) -> Vec<EvidenceEntry> {
    let mut chain = Chain::new();
    crossings.into_iter().map(|crossing| chain.append(crossing)).collect()
}

fn file(entries: &[EvidenceEntry]) -> Vec<u8> {
    let mut out = vec![];
    write_lines(entries, &mut out).unwrap();
    out
}

proptest! {
    #[test]
    fn evidence_survives_its_file(crossings in prop::collection::vec(any_crossing(), 0..12)) {
        let entries = chained(crossings);
        let file = file(&entries);
        let reading = read_lines(&file);
        prop_assert!(reading.problems().is_empty());
        prop_assert_eq!(reading.entries().cloned().collect::<Vec<_>>(), entries.clone());
        prop_assert_eq!(verify_chain(&file), verify_entries(&entries));
        prop_assert_eq!(verify_chain(&file).unwrap().length, entries.len() as u64);
    }

    #[test]
    fn any_changed_byte_is_seen(
        crossings in prop::collection::vec(any_crossing(), 1..6),
        at in any::<prop::sample::Index>(),
        other in any::<u8>(),
    ) {
        let mut file = file(&chained(crossings));
        // The very last line end may be missing; every other byte counts.
        let at = at.index(file.len() - 1);
        prop_assume!(file[at] != other);
        let line = file[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        file[at] = other;
        prop_assert!(verify_chain(&file).unwrap_err().line <= line);
    }

    #[test]
    fn a_dropped_or_doubled_line_is_named(
        crossings in prop::collection::vec(any_crossing(), 2..8),
        at in any::<prop::sample::Index>(),
        doubled in any::<bool>(),
    ) {
        let mut entries = chained(crossings);
        let at = at.index(entries.len() - 1);
        if doubled {
            entries.insert(at, entries[at].clone());
        } else {
            entries.remove(at);
        }
        prop_assert_eq!(verify_entries(&entries).unwrap_err().line, if doubled { at + 2 } else { at + 1 });
    }

    #[test]
    fn an_interrupted_writer_loses_nothing_that_was_whole(
        crossings in prop::collection::vec(any_crossing(), 1..6),
        at in any::<prop::sample::Index>(),
    ) {
        let file = file(&chained(crossings));
        let cut = &file[..at.index(file.len())];
        let whole = cut.iter().filter(|byte| **byte == b'\n').count();
        let reading = read_lines(cut);
        prop_assert!(reading.entries().count() >= whole);
        let kept: usize = reading.lines.iter().map(|line| match line {
            Line::Entry { bytes, .. } | Line::Broken { bytes, .. } | Line::HalfWritten { bytes } => bytes.len(),
        }).sum();
        prop_assert_eq!(kept + whole, cut.len());
    }

    #[test]
    fn arbitrary_lines_never_panic(lines in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_lines(&lines).problems();
        let _ = verify_chain(&lines);
        let _ = json::read(&lines);
    }

    #[test]
    fn json_like_lines_never_panic(text in r#"(\{"(seq|prev|hash|bytes)":[0-9a-f"{}\[\]]{0,12}\}?\n?){0,6}"#) {
        let _ = read_lines(text.as_bytes()).problems();
        let _ = verify_chain(text.as_bytes());
    }

    #[test]
    fn any_evidence_can_be_drawn(crossings in prop::collection::vec(any_crossing(), 0..40), marked in 0_u64..42) {
        let entries = chained(crossings);
        let svg = timeline::picture(&entries, Some(marked));
        prop_assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
        prop_assert_eq!(svg.matches(r#"<rect class="hit""#).count(), usize::from((1..=entries.len() as u64).contains(&marked)));
    }
}
