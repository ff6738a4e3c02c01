//! The terminal: plain text that fits.

mod common;

use common::launch;
use unicode_width::UnicodeWidthStr;

#[test]
fn no_line_is_wider_than_the_terminal() {
    for launch in [launch(), common::many(15, 52, |_| {}), common::many(1, 1, |_| {}), common::without_spend()] {
        for width in (0..=200).step_by(7) {
            let text = launch.report().terminal(width);
            for line in text.lines() {
                assert!(line.width() <= usize::from(width.max(20)), "{width}: {line:?}");
                assert_eq!(line.trim_end(), line);
            }
        }
    }
}

#[test]
fn it_says_what_the_page_says() {
    let text = launch().report().terminal(120).replace('\u{a0}', " ");
    for part in [
        "Week 9: NOK 636 698.93, of which NOK 8 898.92 moves from 2 channels to 3.",
        "no orders yet",
        "  Its score 0.001325 is below the median 0.001646, but it gives nothing.",
        "  NOK 3 234.28 from Acast/Bauer to VG",
        "line 17, column 5 (spend): \"12,5\"",
        "Only the mean frequency of TV 2 is known",
        "1 412 rows, 1 380 used.",
        "  Ignored by the plan: 8 rows: Campaign starts with \"Total\".",
        "  Used, odd: 41 rows: conversions without clicks, first on line 9.",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(common::not_numbers(&text).is_empty());
}

#[test]
fn many_creatives_are_cut_and_counted() {
    let text = common::many(15, 4, |_| {}).report().terminal(250);
    assert!(text.contains("and 25 more creatives with less spend"), "{text}");
    let header = text.lines().position(|line| line.starts_with("Creative  ")).unwrap();
    assert_eq!(text.lines().skip(header + 2).take_while(|line| !line.starts_with("and ")).count(), 20);
}

#[test]
fn names_cannot_command_the_terminal() {
    let launch = common::many(2, 4, |spec| spec["campaign"]["name"] = "\u{1b}[2J\u{7}x\r\u{202e}".into());
    let text = launch.report().terminal(80);
    assert!(text.chars().all(|sign| sign == '\n' || !sign.is_control()));
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn a_narrow_terminal_gets_paragraphs() {
    let text = launch().report().terminal(40).replace('\u{a0}', " ");
    assert!(text.contains("VG\n  Now 172 724.90 · Next 193 555.09 ·\n"), "{text}");
}
