//! Customer keys against the hashes the platforms publish, and the law that nothing typed is ever shown.
#![cfg(feature = "keys")]
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use styring_segments::Error;
use styring_segments::keys::{Email, EmailProblem, JoinKey, Phone, PhoneProblem, Region, UploadRule};

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn phone(text: &str, iso: &str) -> Phone {
    Phone::parse(text, Region::from_iso(iso).as_ref()).unwrap()
}

#[test]
fn hashes_are_those_the_platforms_publish() {
    let meta = |text| email(text).hash(&UploadRule::META).to_string();
    assert_eq!(meta("John_Smith@gmail.com"), "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f");
    let number = phone("(650)555-1212", "US").hash(&UploadRule::META).unwrap().to_string();
    assert_eq!(number, "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176");
    assert_eq!(
        email("janedoe@gmail.com").hash(&UploadRule::TIKTOK).to_string(),
        "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"
    );
    assert_eq!(
        email("user@example.com").hash(&UploadRule::UID2).to_string(),
        "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ="
    );
    assert_eq!(
        phone("+12345678901", "NO").hash(&UploadRule::UID2).unwrap().to_string(),
        "EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4="
    );
}

#[test]
fn gmail_is_folded_where_the_platform_says_so() {
    let plain = email("cloudysanfrancisco@gmail.com");
    let dotted = email("cloudy.sanfrancisco+shopping@gmail.com");
    assert_eq!(dotted.hash(&UploadRule::GOOGLE), plain.hash(&UploadRule::GOOGLE));
    assert_ne!(dotted.hash(&UploadRule::META), plain.hash(&UploadRule::META));
    // Google's own counter-example: other domains are left alone.
    assert_eq!(email("user.name+NYC@Example.com"), email("user.name+nyc@example.com"));
    assert_ne!(
        email("user.name+nyc@example.com").hash(&UploadRule::GOOGLE),
        email("username@example.com").hash(&UploadRule::GOOGLE)
    );
    // A mailbox of nothing but a tag stays what it is: an empty one would be shared by all of them.
    assert_ne!(email("+a@gmail.com").hash(&UploadRule::GOOGLE), email("+b@gmail.com").hash(&UploadRule::GOOGLE));
}

#[test]
fn spreadsheets_change_no_address() {
    // A byte order mark, a no-break space, a decomposed letter.
    assert_eq!(email("\u{FEFF}\u{A0}Ase.A\u{30A}s@firma.no \n"), email("ase.\u{E5}s@firma.no"));
}

#[test]
fn numbers_are_one_however_they_are_written() {
    for (iso, texts) in [
        ("NO", &["+47 920 12 345", "0047 920 12 345", "92 01 23 45", "4792012345", "(+47) 920–12–345"][..]),
        ("SE", &["+46 70 123 45 67", "070-123 45 67", "+46 (0)70-123 45 67", "46701234567"]),
        ("GB", &["+442070313000", "020 7031 3000", "+44 (0)20 7031 3000", "0044 20 7031 3000"]),
        ("US", &["+1 650 555 1212", "1-650-555-1212", "650.555.1212", "011 1 650 555 1212"]),
        ("IT", &["+39 06 1234 5678", "06 12345678"]),
    ] {
        let first = phone(texts[0], iso);
        for text in texts {
            assert_eq!(phone(text, iso), first, "{text}");
        }
    }
}

#[test]
fn what_is_wrong_is_said_without_the_value() {
    for (text, problem) in [
        ("", EmailProblem::Empty),
        ("ola", EmailProblem::At(0)),
        ("ola@@nordmann.no", EmailProblem::At(2)),
        ("@nordmann.no", EmailProblem::NoMailbox),
        ("ola@localhost", EmailProblem::NoDomain),
        ("ola@nordmann..no", EmailProblem::NoDomain),
        ("ola nordmann@firma.no", EmailProblem::Blank),
    ] {
        assert_eq!(Email::parse(text), Err(Error::Email { problem }), "{text}");
    }
    assert_eq!(
        Email::parse(&format!("{}@firma.no", "a".repeat(250))),
        Err(Error::Email { problem: EmailProblem::TooLong })
    );
    for (text, iso, problem) in [
        ("ring meg", "NO", PhoneProblem::Sign('r')),
        ("--", "NO", PhoneProblem::Empty),
        ("92012345", "XX", PhoneProblem::NoCountry),
        ("920123", "NO", PhoneProblem::Length { digits: 6, of: "NO" }),
        ("+47 920123", "NO", PhoneProblem::Length { digits: 6, of: "NO" }),
        ("+0047 92012345", "NO", PhoneProblem::Length { digits: 12, of: "in international form" }),
        ("+999 1234567890123456", "NO", PhoneProblem::Length { digits: 19, of: "in international form" }),
    ] {
        assert_eq!(Phone::parse(text, Region::from_iso(iso).as_ref()), Err(Error::Phone { problem }), "{text}");
    }
}

#[test]
fn keys_of_two_tenants_share_nothing_and_kinds_do_not_meet() {
    let (a, b) = (JoinKey::new([1; 16]), JoinKey::new([2; 16]));
    let ola = email("ola@nordmann.no");
    assert_ne!(a.email(&ola), b.email(&ola));
    assert_ne!(a.email(&ola), a.id("ola@nordmann.no"));
    assert_ne!(a.phone(&phone("92012345", "NO")), a.id("4792012345"));
    // The algorithm is part of the promise: ids are stored.
    assert_eq!(JoinKey::new(*b"sixteen secret b").id("4711").get(), 1_994_233_268_022_391_141);
}

proptest! {
    #[test]
    fn nothing_typed_is_shown(text in "\\PC{0,40}", address in "[a-z]{3,9}@[a-z]{3,9}\\.no", number in "[2-9][0-9]{7}") {
        for read in [Email::parse(&text).map(|email| format!("{email:?}")), Email::parse(&address).map(|email| format!("{email:?}"))] {
            match read {
                Ok(shown) => prop_assert_eq!(shown, "Email(…)"),
                Err(error) => prop_assert!(text.trim().len() < 6 || !error.to_string().contains(text.trim())),
            }
        }
        prop_assert_eq!(format!("{:?}", Phone::parse(&number, Some(&Region::NORWAY)).unwrap()), "Phone(…)");
        let _ = Phone::parse(&text, Some(&Region::NORWAY));
        let _ = Phone::parse(&text, Region::from_iso("US").as_ref());
    }

    #[test]
    fn reading_is_stable(address in "[a-zæøåA-Z.+]{1,12}@[a-zA-Z]{1,9}\\.[a-z]{2,3}", blanks in "[ \u{A0}\t]{0,3}") {
        let plain = Email::parse(&address).unwrap();
        prop_assert_eq!(Email::parse(&format!("{blanks}{}{blanks}", address.to_uppercase())).unwrap(), plain);
    }
}
