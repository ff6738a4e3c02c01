use styring_money::{Currency, Money};

use crate::{Error, Transfer};

/// Who paid whom: givers pay takers in the order in which they come. Amounts are in minor units and above zero.
pub(crate) fn pair_off<'a>(
    givers: impl IntoIterator<Item = (&'a str, i128)>,
    takers: impl IntoIterator<Item = (&'a str, i128)>,
    currency: Currency,
) -> Result<Vec<Transfer>, Error> {
    let mut givers = givers.into_iter();
    let mut giver = givers.next();
    let mut transfers = Vec::new();
    for (to, mut wanted) in takers {
        while wanted > 0
            && let Some((from, left)) = &mut giver
        {
            let amount = wanted.min(*left);
            wanted -= amount;
            *left -= amount;
            let money = Money::from_minor(amount, currency)?;
            transfers.push(Transfer { from: (*from).to_owned(), to: to.to_owned(), amount: money });
            if *left == 0 {
                giver = givers.next();
            }
        }
    }
    Ok(transfers)
}
