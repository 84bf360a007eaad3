use crate::World;

/// Puts some of everything into a store that it can hold: the rooms Hexagon, Second and Closed, members
/// on every kind of terms, invitations open and used, messages edited and deleted, friends and requests.
pub async fn some_of_everything(world: &World) {
    let cast = world.cast().await;
    let second = cast.ana.opens("Second").await;
    let closed = cast.ana.opens("Closed").await;
    cast.ana.closes(closed).await.expect("Ana closes her room");

    let eve = world.free_member("eve", 400).await;
    eve.is_granted(10, "key").await.expect("Eve is granted coins");
    eve.joins(cast.room).await.expect("the first room is free");
    eve.joins(second).await.expect("the second one costs coins");

    eve.is_suspended(None).await.expect("Eve is suspended");
    eve.is_readmitted().await.expect("Eve is readmitted");
    eve.is_given_a_link().await;

    let fay = world.prime_member("fay").await;
    let invited = cast.ana.invites(&fay, cast.room).await.expect("Fay is invited");
    fay.joins_with(&invited.token).await.expect("Fay joins");
    let gus = world.prime_member("gus").await;
    cast.ana.invites(&gus, cast.room).await.expect("Gus is invited");

    let deleted = cast.cy.says(cast.room, "never mind").await;
    cast.cy.deletes(&deleted).await.expect("Cy deletes it");
    let edited = cast.bo.says(cast.room, "good morning").await;
    cast.bo.edits(&edited, "good evening").await.expect("Bo edits it");
    cast.ana.reacts(&edited, "👍", true).await.expect("Ana reacts");
    cast.cy.reacts(&edited, "🔥", true).await.expect("Cy reacts");
    cast.cy.reacts(&edited, "🔥", false).await.expect("Cy takes it back");
    cast.cy.says(cast.room, "good night").await;
    cast.ana.replies(&edited, "reply").await.expect("Ana replies");

    let named = cast.ana.says(cast.room, "@bo- and @cy-, look").await;
    cast.ana.edits(&named, "@cy- and @eve, look").await.expect("Ana edits it");
    cast.ana.says(cast.room, "@everyone").await;

    let request = cast.bo.asks(&cast.cy).await.expect("Bo asks Cy");
    cast.cy.accepts(&cast.bo, request).await.expect("Cy accepts");
    cast.bo.asks(&cast.ana).await.expect("Bo asks Ana");

    world.indexes_everything().await;
}
