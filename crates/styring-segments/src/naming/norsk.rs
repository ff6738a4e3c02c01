use crate::naming::{Dimension, Entry, SchemeSpec};

impl SchemeSpec {
    /// The scheme that comes with the crate: stages Prospect, Retarget, Lojalitet and Ekskluder; themes, triggers, places in Norway, windows. Names as «Prospect – Løpesko – Oslo» and
    /// «Retarget – Forlatt kurv – 7 dager». `data/norsk.toml` holds the same, to begin one's own with.
    pub fn norsk() -> Self {
        Self::new("norsk")
            .dimension("stage", vocabulary(&STAGES))
            .dimension("theme", Dimension::text(40))
            .dimension("trigger", vocabulary(&TRIGGERS))
            .dimension("geo", vocabulary(&PLACES))
            .dimension("window", Dimension::Window)
            .template("Prospect", ["theme", "geo"], ["window"])
            .template("Retarget", ["trigger", "window"], ["geo"])
            .template("Lojalitet", ["theme", "window"], [])
            .template("Ekskluder", ["trigger", "window"], [])
    }
}

type Values<'a> = [(&'a str, &'a str, &'a [&'a str])];

fn vocabulary(values: &Values<'_>) -> Dimension {
    Dimension::vocab(values.iter().map(|(id, label, aliases)| {
        aliases.iter().fold(Entry::new(*label).id(*id), |entry, alias| entry.alias(*alias))
    }))
}

const STAGES: [(&str, &str, &[&str]); 4] = [
    ("prospect", "Prospect", &["Prospekt", "Prospecting", "PRO"]),
    ("retarget", "Retarget", &["Retargeting", "Remarketing", "RT"]),
    ("loyalty", "Lojalitet", &["Loyalty"]),
    ("exclude", "Ekskluder", &["Negativ", "Exclude"]),
];

const TRIGGERS: [(&str, &str, &[&str]); 9] = [
    ("cart-abandoned", "Forlatt kurv", &["Abandoned cart"]),
    ("product-viewed", "Produktvisning", &["Product view"]),
    ("purchased", "Kjøpt", &["Purchased"]),
    ("site-visited", "Nettstedbesøk", &["Site visit"]),
    ("video-50", "Sett video 50 %", &["Video 50"]),
    ("form-sent", "Sendt skjema", &["Form sent"]),
    ("trial-ordered", "Prøvebestilling", &["Trial order"]),
    ("demo-booked", "Demo booket", &["Demo booking"]),
    ("newsletter", "Nyhetsbrev", &["Newsletter"]),
];

/// Towns, and the counties as they are from 2024.
const PLACES: [(&str, &str, &[&str]); 33] = [
    ("oslo", "Oslo", &[]),
    ("bergen", "Bergen", &[]),
    ("trondheim", "Trondheim", &[]),
    ("stavanger", "Stavanger", &[]),
    ("tromso", "Tromsø", &[]),
    ("baerum", "Bærum", &[]),
    ("alesund", "Ålesund", &[]),
    ("bodo", "Bodø", &[]),
    ("more-og-romsdal", "Møre og Romsdal", &[]),
    ("norge", "Hele Norge", &["Norge", "NO"]),
    ("kristiansand", "Kristiansand", &[]),
    ("fredrikstad", "Fredrikstad", &[]),
    ("drammen", "Drammen", &[]),
    ("sandnes", "Sandnes", &[]),
    ("sarpsborg", "Sarpsborg", &[]),
    ("skien", "Skien", &[]),
    ("sandefjord", "Sandefjord", &[]),
    ("tonsberg", "Tønsberg", &[]),
    ("hamar", "Hamar", &[]),
    ("lillehammer", "Lillehammer", &[]),
    ("ostfold", "Østfold", &[]),
    ("akershus", "Akershus", &[]),
    ("buskerud", "Buskerud", &[]),
    ("innlandet", "Innlandet", &[]),
    ("vestfold", "Vestfold", &[]),
    ("telemark", "Telemark", &[]),
    ("agder", "Agder", &[]),
    ("rogaland", "Rogaland", &[]),
    ("vestland", "Vestland", &[]),
    ("trondelag", "Trøndelag", &[]),
    ("troms", "Troms", &[]),
    ("nordland", "Nordland", &[]),
    ("finnmark", "Finnmark", &["Finnmárku"]),
];
