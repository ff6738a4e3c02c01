//! Makes `examples/data/audiences/*.csv`: the lists of a made-up Norwegian shop on one day, a file each, named by the scheme that comes with the program. Whoever was there within 7 days was so within 30,
//! buyers come from those who had a cart, and lists of prospects hold people who have been in the shop: with a fixed seed.
//!
//! `cargo run -p styring-examples --example audiences_data` writes them.

use std::error::Error;
use std::path::{Path, PathBuf};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Exp, Gamma, StandardUniform};

const SEED: u64 = 20_250_922;
const PEOPLE: u32 = 6_000;

/// A list: its name, and who is in it.
struct List {
    name: &'static str,
    has: fn(&Person) -> bool,
}

const LISTS: [List; 8] = [
    List { name: "Ekskluder – Kjøpt – 30 dager", has: |person| person.bought < 30.0 },
    List { name: "Lojalitet – Løpeklubb – 30 dager", has: |person| person.club && person.viewed < 30.0 },
    List { name: "Prospect – Løpesko – Hele Norge", has: |person| person.alike > 0.55 },
    List { name: "Prospect – Løpesko – Oslo", has: |person| person.alike > 0.45 && person.oslo },
    List {
        name: "Retarget – Forlatt kurv – 7 dager", has: |person| person.cart < 7.0 && person.bought > person.cart
    },
    List { name: "Retarget – Produktvisning – 14 dager", has: |person| person.viewed < 14.0 },
    List { name: "Retarget – Produktvisning – 30 dager", has: |person| person.viewed < 30.0 },
    List { name: "Retarget – Produktvisning – 7 dager", has: |person| person.viewed < 7.0 },
];

/// How many days ago somebody last did what, and what they are like.
struct Person {
    viewed: f64,
    cart: f64,
    bought: f64,
    club: bool,
    oslo: bool,
    /// How much they are like buyers, in the eyes of a platform.
    alike: f64,
}

/// People differ in how often they look; a cart follows one view in five, a purchase one cart in three.
fn people() -> Result<Vec<Person>, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let per_day = Gamma::new(0.5, 0.05)?;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        let rate: f64 = per_day.sample(&mut rng);
        let rate = rate.max(1e-6);
        let mut last = |rate: f64| Ok::<f64, Box<dyn Error>>(Exp::new(rate)?.sample(&mut rng));
        let (viewed, cart, bought) = (last(rate)?, last(rate / 5.0)?, last(rate / 15.0)?);
        let mut chance = || -> f64 { StandardUniform.sample(&mut rng) };
        people.push(Person {
            // Whoever had a cart has seen a product, and whoever bought had a cart.
            viewed: viewed.min(cart).min(bought),
            cart: cart.min(bought),
            bought,
            club: chance() < 0.08 + 2.0 * rate,
            oslo: chance() < 0.22,
            alike: 0.8 * chance() + 4.0 * rate.min(0.05),
        });
    }
    Ok(people)
}

/// The files, by name.
fn csv() -> Result<Vec<(PathBuf, String)>, Box<dyn Error>> {
    let people = people()?;
    let list = |List { name, has }: &List| {
        let members =
            (1..).zip(&people).filter(|(_, person)| has(person)).map(|(id, _): (u32, _)| format!("K{id:05}\n"));
        (folder().join(format!("{name}.csv")), std::iter::once("customer_id\n".to_owned()).chain(members).collect())
    };
    Ok(LISTS.iter().map(list).collect())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/audiences")
}

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder())?;
    for (path, text) in csv()? {
        std::fs::write(&path, text)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_files_are_what_this_program_makes() {
        let mut size = 0;
        for (path, text) in csv().expect("lists") {
            let committed = std::fs::read_to_string(&path).expect("the committed file");
            assert!(committed == text, "{} differs: run the example audiences_data again", path.display());
            size += text.len();
        }
        assert!(size <= 150_000, "{size}");
        assert_eq!(std::fs::read_dir(folder()).expect("the folder").count(), LISTS.len());
    }
}
