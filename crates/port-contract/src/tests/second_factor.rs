use domain::change::AccountChange;
use domain::ports::AccountScope;
use domain::rules::{second_factor, sessions};
use domain::{Denial, OpaqueToken, PresentedCode, SealedSecret, SecondFactor, TimeStep, recovery_hash};

use crate::{Actor, World};

/// What an authenticator shows in a step: here the step itself, whatever the secret.
#[expect(clippy::unnecessary_wraps, reason = "the rules allow for secrets that cannot be read")]
fn codes(_: &SealedSecret, step: TimeStep) -> Option<OpaqueToken> {
    Some(OpaqueToken::new(format!("{:06}", step.0 % 1_000_000)))
}

/// The code of the present step.
fn code(world: &World) -> PresentedCode {
    let step = world.now().as_millis() / 30_000;
    format!("{:06}", step % 1_000_000).parse().expect("six digits")
}

/// As long as an encrypted secret is.
fn sealed(byte: u8) -> SealedSecret {
    SealedSecret(vec![byte; 48])
}

async fn signs_in(
    world: &World,
    actor: &Actor,
    device: &str,
    code: Option<PresentedCode>,
) -> Result<(), Denial> {
    let (session, token) = world.session(&actor.id, device, &world.secret());
    let hash = actor.account().await.password_hash;
    actor
        .changes(AccountScope::new(actor.id.clone()), move |facts| {
            sessions::sign_in(facts, &hash, None, code.as_ref(), &codes, &session, &token)
        })
        .await
        .map(drop)
}

async fn confirms(world: &World, actor: &Actor, recovery_codes: &[&str]) -> Result<(), Denial> {
    let (code, now) = (code(world), world.now());
    let hashes: Vec<_> = recovery_codes.iter().map(|code| recovery_hash(code)).collect();
    let scope = AccountScope::new(actor.id.clone());
    actor
        .changes(scope, move |facts| second_factor::confirm(facts, &code, &codes, &hashes, now))
        .await
        .map(drop)
}

async fn facts(actor: &Actor) -> domain::facts::AccountFacts {
    actor.changes_to(Vec::new()).await.expect("there is the account").facts
}

pub async fn a_second_factor_is_kept_as_it_was_turned_on(world: World) {
    let bo = world.bo().await;
    assert_eq!(bo.account().await.second_factor, SecondFactor::default());
    bo.changes_to(vec![AccountChange::OfferSecondFactor(sealed(7))]).await.expect("there is Bo");
    let offered = SecondFactor { offered: Some(sealed(7)), ..SecondFactor::default() };
    assert_eq!(bo.account().await.second_factor, offered);
    confirms(&world, &bo, &["one", "two"]).await.expect("the code is right");

    let on = facts(&bo).await;
    assert_eq!(on.account.second_factor.secret, Some(sealed(7)));
    assert_eq!(on.account.second_factor.offered, None);
    let step = world.now().as_millis() / 30_000;
    assert_eq!(on.account.second_factor.last_step, Some(TimeStep(step)));
    let mut hashes = vec![recovery_hash("one").0, recovery_hash("two").0];
    let mut found: Vec<_> = on.recovery_codes.iter().map(|hash| hash.0).collect();
    hashes.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, hashes);
    assert_eq!(signs_in(&world, &bo, "elsewhere", None).await, Err(Denial::SecondFactorRequired));
    world.audits_clean().await;
}

pub async fn new_recovery_codes_take_the_place_of_the_old(world: World) {
    let bo = world.bo().await;
    for codes in [["one", "two"], ["three", "four"]] {
        bo.changes_to(vec![AccountChange::OfferSecondFactor(sealed(7))]).await.expect("there is Bo");
        confirms(&world, &bo, &codes).await.expect("the code is right");
    }
    let recovery = |code: &str| Some(code.parse().expect("a code"));
    assert_eq!(signs_in(&world, &bo, "phone", recovery("one")).await, Err(Denial::SecondFactorInvalid));
    signs_in(&world, &bo, "phone", recovery("three")).await.expect("it is good");
}

pub async fn a_code_presented_many_times_at_once_is_good_once(world: World) {
    let bo = world.bo().await;
    for (secret, code) in [(1, "recovery"), (2, "")] {
        bo.changes_to(vec![AccountChange::TurnOnSecondFactor {
            secret: sealed(secret),
            last_step: TimeStep(0),
            recovery_codes: vec![recovery_hash("recovery")],
        }])
        .await
        .expect("there is Bo");
        let code = if code.is_empty() { self::code(&world) } else { code.parse().expect("a code") };
        let outcomes = crate::all_at_once((0..12).map(|number| {
            let (world, bo, code) = (world.clone(), bo.clone(), code.clone());
            async move { signs_in(&world, &bo, &format!("device {number}"), Some(code)).await }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(
            outcomes.iter().filter(|outcome| **outcome == Err(Denial::SecondFactorInvalid)).count(),
            11
        );
    }
    world.audits_clean().await;
}

pub async fn a_second_factor_that_is_lifted_leaves_nothing(world: World) {
    let (bo, cy) = (world.bo().await, world.cy().await);
    for actor in [&bo, &cy] {
        actor.changes_to(vec![AccountChange::OfferSecondFactor(sealed(7))]).await.expect("it is there");
        confirms(&world, actor, &["one"]).await.expect("the code is right");
        actor.changes_to(vec![AccountChange::OfferSecondFactor(sealed(8))]).await.expect("it is there");
    }
    let hash = bo.account().await.password_hash;
    let scope = AccountScope::new(bo.id.clone());
    bo.changes(scope, move |facts| second_factor::lift(facts, &hash)).await.expect("there is Bo");
    assert_eq!(bo.account().await.second_factor, SecondFactor::default());
    signs_in(&world, &bo, "phone", None).await.expect("the password is enough");
    let on = AccountChange::TurnOnSecondFactor {
        secret: sealed(9),
        last_step: TimeStep(0),
        recovery_codes: Vec::new(),
    };
    bo.changes_to(vec![on]).await.expect("there is Bo");
    assert_eq!(facts(&bo).await.recovery_codes, [], "the old ones do not come back");
    cy.is_erased().await.expect("it is allowed");
    world.audits_clean().await;
}

pub async fn accounts_with_a_second_factor_are_listed_and_encrypted_anew(world: World) {
    let (ana, bo, cy) = (world.ana().await, world.bo().await, world.cy().await);
    ana.changes_to(vec![AccountChange::OfferSecondFactor(sealed(1))]).await.expect("there is Ana");
    let on = AccountChange::TurnOnSecondFactor {
        secret: sealed(2),
        last_step: TimeStep(5),
        recovery_codes: vec![recovery_hash("one")],
    };
    cy.changes_to(vec![on]).await.expect("there is Cy");
    let listed = async |after| world.stores().accounts.with_second_factor(after, 1).await.expect("readable");
    assert_eq!(listed(None).await, std::slice::from_ref(&ana.id));
    assert_eq!(listed(Some(ana.id.clone())).await, std::slice::from_ref(&cy.id));
    assert_eq!(listed(Some(cy.id.clone())).await, []);
    let renew = |secret: &SealedSecret| Some(sealed(secret.0[0] + 10));
    for actor in [&ana, &bo, &cy] {
        let scope = AccountScope::new(actor.id.clone());
        actor.changes(scope, move |facts| second_factor::reseal(facts, &renew)).await.expect("it is there");
    }
    assert_eq!(ana.account().await.second_factor.offered, Some(sealed(11)));
    let resealed = SecondFactor { secret: Some(sealed(12)), last_step: Some(TimeStep(5)), offered: None };
    assert_eq!(cy.account().await.second_factor, resealed);
    assert_eq!(facts(&cy).await.recovery_codes, [recovery_hash("one")]);
}
