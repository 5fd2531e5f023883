//! The boolean structure of a logical expression, whatever its atoms are.

/// `||`, `&&`, `!` and parentheses over atoms (RFC 9535 §2.3.5.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Tree<A> {
    Or(Vec<Tree<A>>),
    And(Vec<Tree<A>>),
    Not(Box<Tree<A>>),
    Atom(A),
}

impl<A> Tree<A> {
    /// The truth of the whole, given that of an atom; asks for no more atoms than it needs.
    pub fn holds(&self, atom: &mut impl FnMut(&A) -> bool) -> bool {
        match self {
            Self::Or(all) => all.iter().any(|one| one.holds(atom)),
            Self::And(all) => all.iter().all(|one| one.holds(atom)),
            Self::Not(one) => !one.holds(atom),
            Self::Atom(a) => atom(a),
        }
    }

    /// The same structure over other atoms, made in the order of the text.
    ///
    /// # Errors
    /// The first error of `atom`.
    pub fn map<'t, B, E>(
        &'t self,
        atom: &mut impl FnMut(&'t A) -> Result<B, E>,
    ) -> Result<Tree<B>, E> {
        let mut all =
            |parts: &'t [Self]| parts.iter().map(|one| one.map(atom)).collect::<Result<_, E>>();
        Ok(match self {
            Self::Or(parts) => Tree::Or(all(parts)?),
            Self::And(parts) => Tree::And(all(parts)?),
            Self::Not(one) => Tree::Not(Box::new(one.map(atom)?)),
            Self::Atom(a) => Tree::Atom(atom(a)?),
        })
    }
}
