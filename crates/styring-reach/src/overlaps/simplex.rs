//! A revised simplex method with a dense inverse, for some dozens of rows and thousands of columns that are priced all at once (Dantzig 1963; against cycling, Bland 1977).

use crate::Error;

/// What the columns, here atoms, are: entries of one in some rows.
pub(super) trait Columns {
    /// How many rows; the last is an inequality with a slack, the others are equalities.
    fn rows(&self) -> usize;
    /// The rows of a column.
    fn entries(&self, atom: usize) -> Vec<usize>;
    /// For each column the sum of the weights of its rows.
    fn priced(&self, weights: &[f64]) -> Vec<f64>;
}

/// A reduced cost below this is worth a step.
const WORTH: f64 = 1e-10;
/// An entry above this may be a pivot.
const PIVOT: f64 = 1e-7;
/// A longer step than this is progress.
const PROGRESS: f64 = 1e-16;
/// After so many steps without progress the search goes by Bland's rule, which cannot cycle.
const PATIENCE: u32 = 200;
/// So many steps at most; in practice a few per row are enough.
const STEPS: u32 = 50_000;
/// After so many steps the inverse is calculated anew.
const RENEWED: u32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Atom(usize),
    Slack,
    /// What a row is said to have too much.
    Over(usize),
    /// What a row is said to have too little.
    Under(usize),
}

#[derive(Debug)]
pub(super) struct Simplex<'a, C> {
    columns: &'a C,
    right: Vec<f64>,
    basis: Vec<Column>,
    /// Row by row.
    inverse: Vec<f64>,
    values: Vec<f64>,
}

impl<C> Clone for Simplex<'_, C> {
    fn clone(&self) -> Self {
        Self {
            columns: self.columns,
            right: self.right.clone(),
            basis: self.basis.clone(),
            inverse: self.inverse.clone(),
            values: self.values.clone(),
        }
    }
}

/// What a column costs: in search of feasibility only what is over and under, then only atoms.
#[derive(Debug, Clone, Copy)]
enum Cost {
    Infeasibility,
    Atoms(f64),
}

impl Cost {
    fn of(self, column: Column) -> f64 {
        match (self, column) {
            (Self::Infeasibility, Column::Over(_) | Column::Under(_)) => 1.0,
            (Self::Atoms(cost), Column::Atom(_)) => cost,
            _ => 0.0,
        }
    }
}

impl<'a, C: Columns> Simplex<'a, C> {
    /// Begins with nobody: every equality is over by all of it. `right` is not below zero.
    pub(super) fn new(columns: &'a C, right: &[f64]) -> Self {
        let rows = columns.rows();
        let mut inverse = vec![0.0; rows * rows];
        for row in 0..rows {
            inverse[row * rows + row] = 1.0;
        }
        let basis = (0..rows).map(|row| if row + 1 == rows { Column::Slack } else { Column::Over(row) }).collect();
        Self { columns, right: right.to_vec(), basis, inverse, values: right.to_vec() }
    }

    /// Makes what is over and under as small as possible, and gives the weights that prove it.
    pub(super) fn make_feasible(&mut self) -> Result<Vec<f64>, Error> {
        if self.search(Cost::Infeasibility) {
            return Ok(self.weights(Cost::Infeasibility));
        }
        Err(Error::CannotFit { model: "sharp interval", reason: "the search for a population did not settle" })
    }

    /// What is over and under in all.
    pub(super) fn shortfall(&self) -> f64 {
        self.basis.iter().zip(&self.values).map(|(column, value)| Cost::Infeasibility.of(*column) * value).sum()
    }

    /// What the rows are without what is over and under.
    pub(super) fn attained(&self) -> Vec<f64> {
        let mut attained = self.right.clone();
        for (column, value) in self.basis.iter().zip(&self.values) {
            match column {
                Column::Over(row) => attained[*row] -= value,
                Column::Under(row) => attained[*row] += value,
                Column::Atom(_) | Column::Slack => {}
            }
        }
        attained
    }

    /// Takes what is left over and under, which is rounding, out of the numbers, and replaces it in the basis.
    pub(super) fn leave_artificials(&mut self) {
        self.right = self.attained();
        let rows = self.right.len();
        for place in 0..rows {
            if !matches!(self.basis[place], Column::Over(_) | Column::Under(_)) {
                continue;
            }
            self.values[place] = 0.0;
            // All kinds of people together have full rank, so there is a column with an entry here.
            let entries = self.columns.priced(&self.inverse[place * rows..(place + 1) * rows]);
            let in_basis = |atom: usize| self.basis.contains(&Column::Atom(atom));
            let largest =
                entries.iter().enumerate().filter(|(atom, _)| !in_basis(*atom)).fold(None, |best, (atom, entry)| {
                    match best {
                        Some((_, most)) if entry.abs() <= most => best,
                        _ => Some((atom, entry.abs())),
                    }
                });
            if let Some((atom, _)) = largest.filter(|(_, entry)| *entry > PIVOT) {
                let direction = self.direction(Column::Atom(atom));
                self.pivot(place, Column::Atom(atom), &direction, 0.0);
            }
        }
        self.renew();
    }

    /// The minimum of `cost` times the sum of all atoms that was found, and the weights of the last basis. Begins from a feasible basis.
    pub(super) fn minimise(mut self, cost: f64) -> (f64, Vec<f64>) {
        // If it does not settle, the weights still prove a bound, only not the best.
        let _settled = self.search(Cost::Atoms(cost));
        let sum: f64 =
            self.basis.iter().zip(&self.values).map(|(column, value)| Cost::Atoms(cost).of(*column) * value).sum();
        (sum, self.weights(Cost::Atoms(cost)))
    }

    /// Steps until none is worth it; whether that came.
    fn search(&mut self, cost: Cost) -> bool {
        let mut without_progress = 0;
        for step in 1..=STEPS {
            let careful = without_progress > PATIENCE;
            let Some(entering) = self.entering(cost, careful) else { return true };
            let direction = self.direction(entering);
            let Some((place, length)) = self.leaving(&direction, careful) else { return true };
            self.pivot(place, entering, &direction, length);
            without_progress = if length > PROGRESS { 0 } else { without_progress + 1 };
            if step % RENEWED == 0 {
                self.renew();
            }
        }
        false
    }

    /// The weights on the rows under which the basis costs what it counts.
    fn weights(&self, cost: Cost) -> Vec<f64> {
        let rows = self.right.len();
        let mut weights = vec![0.0; rows];
        for (column, inverse) in self.basis.iter().zip(self.inverse.chunks_exact(rows)) {
            let cost = cost.of(*column);
            if cost != 0.0 {
                for (weight, entry) in weights.iter_mut().zip(inverse) {
                    *weight += cost * entry;
                }
            }
        }
        weights
    }

    /// The column with the most to gain, or the first with anything to gain.
    fn entering(&self, cost: Cost, first: bool) -> Option<Column> {
        let weights = self.weights(cost);
        let atom_cost = cost.of(Column::Atom(0));
        let priced = self.columns.priced(&weights);
        let atoms = priced.iter().enumerate().map(|(atom, counted)| (Column::Atom(atom), atom_cost - counted));
        let last = weights.len() - 1;
        let slack = std::iter::once((Column::Slack, -weights[last]));
        let artificial = weights[..last].iter().enumerate().flat_map(|(row, weight)| {
            let both = [(Column::Over(row), 1.0 - weight), (Column::Under(row), 1.0 + weight)];
            both.into_iter().take(if matches!(cost, Cost::Infeasibility) { 2 } else { 0 })
        });
        let mut gains = atoms.chain(slack).chain(artificial).filter(|(_, reduced)| *reduced < -WORTH);
        let best =
            if first { gains.next() } else { gains.reduce(|best, next| if next.1 < best.1 { next } else { best }) };
        best.map(|(column, _)| column)
    }

    /// In which rows a column has entries, and of which sign they are.
    fn entries(&self, column: Column) -> (Vec<usize>, f64) {
        match column {
            Column::Atom(atom) => (self.columns.entries(atom), 1.0),
            Column::Slack => (vec![self.right.len() - 1], 1.0),
            Column::Over(row) => (vec![row], 1.0),
            Column::Under(row) => (vec![row], -1.0),
        }
    }

    /// The column in terms of the basis.
    fn direction(&self, column: Column) -> Vec<f64> {
        let rows = self.right.len();
        let (entries, sign) = self.entries(column);
        let of_row = |inverse: &[f64]| sign * entries.iter().map(|entry| inverse[*entry]).sum::<f64>();
        self.inverse.chunks_exact(rows).map(of_row).collect()
    }

    /// Which basic column becomes zero first, and after how long a step; of several the one with the largest pivot, or the first.
    fn leaving(&self, direction: &[f64], first: bool) -> Option<(usize, f64)> {
        let steps = || {
            let rows = self.values.iter().zip(direction).enumerate();
            rows.filter(|(_, (_, entry))| **entry > PIVOT)
                .map(|(place, (value, entry))| (place, value.max(0.0) / entry))
        };
        let shortest = steps().map(|(_, length)| length).reduce(f64::min)?;
        let close = steps().filter(|(_, length)| *length <= shortest + 1e-17);
        let best = close.reduce(|best, next| {
            let better =
                if first { self.basis[next.0] < self.basis[best.0] } else { direction[next.0] > direction[best.0] };
            if better { next } else { best }
        })?;
        Some((best.0, shortest))
    }

    fn pivot(&mut self, place: usize, entering: Column, direction: &[f64], length: f64) {
        let rows = self.right.len();
        for (value, entry) in self.values.iter_mut().zip(direction) {
            *value -= length * entry;
        }
        self.values[place] = length;
        self.basis[place] = entering;
        let pivot = direction[place];
        let row: Vec<f64> = self.inverse[place * rows..(place + 1) * rows].iter().map(|entry| entry / pivot).collect();
        for (other, (inverse, entry)) in self.inverse.chunks_exact_mut(rows).zip(direction).enumerate() {
            if other == place {
                inverse.copy_from_slice(&row);
            } else if *entry != 0.0 {
                for (target, source) in inverse.iter_mut().zip(&row) {
                    *target -= entry * source;
                }
            }
        }
    }

    /// Calculates the inverse from the basis, by Gauss and Jordan with row pivots, and the values from it. Leaves both if the basis has become singular to rounding.
    fn renew(&mut self) {
        let rows = self.right.len();
        let mut left = vec![0.0; rows * rows];
        for (place, column) in self.basis.iter().enumerate() {
            let (entries, sign) = self.entries(*column);
            for entry in entries {
                left[entry * rows + place] = sign;
            }
        }
        let mut inverse = vec![0.0; rows * rows];
        for row in 0..rows {
            inverse[row * rows + row] = 1.0;
        }
        for column in 0..rows {
            let size = |row: &usize| left[row * rows + column].abs();
            let Some(best) = (column..rows).reduce(|best, next| if size(&next) > size(&best) { next } else { best })
            else {
                return;
            };
            let pivot = left[best * rows + column];
            if pivot.abs() < 1e-11 {
                return;
            }
            for matrix in [&mut left, &mut inverse] {
                for entry in 0..rows {
                    matrix.swap(best * rows + entry, column * rows + entry);
                    matrix[column * rows + entry] /= pivot;
                }
            }
            for row in 0..rows {
                let factor = left[row * rows + column];
                if row != column && factor != 0.0 {
                    for matrix in [&mut left, &mut inverse] {
                        for entry in 0..rows {
                            matrix[row * rows + entry] -= factor * matrix[column * rows + entry];
                        }
                    }
                }
            }
        }
        self.inverse = inverse;
        let value = |inverse: &[f64]| inverse.iter().zip(&self.right).map(|(entry, number)| entry * number).sum();
        self.values = self.inverse.chunks_exact(rows).map(value).collect();
    }
}
