//! Creating rooms and looking at them; leaving.

use crate::support::{Server, assert_instant, assert_members, column, items, json, number, text};

const SUMMARY: [&str; 13] = [
    "roomId",
    "name",
    "ownerId",
    "seats",
    "seatsTaken",
    "locked",
    "createdAt",
    "epoch",
    "headSeq",
    "readSeq",
    "unread",
    "unreadMentions",
    "lastEventAt",
];

#[tokio::test]
async fn a_new_room_has_its_owner_in_it() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let body = json!({"name": "Garden", "password": "open sesame"});
    let answer = ana.post("/api/chatrooms", body).await.expect_status(201);
    let room = &answer.body;

    assert_members(room, &[SUMMARY.as_slice(), &["members"]].concat(), &[]);
    assert_eq!((&room["name"], &room["ownerId"]), (&json!("Garden"), &json!("ana")));
    assert_eq!((number(&room["seats"]), number(&room["seatsTaken"])), (6, 1));
    assert_eq!((number(&room["headSeq"]), number(&room["readSeq"]), number(&room["unread"])), (1, 1, 0));
    assert_eq!(room["locked"], false);
    assert_instant(&room["createdAt"]);
    let id = text(&room["roomId"]);
    assert_eq!(answer.header("location"), format!("/api/chatrooms/{id}"));

    let members = items(&json!({"items": room["members"]}));
    assert_eq!(members.len(), 1);
    assert_members(&members[0], &["userId", "name", "prime", "owner", "online", "joinedAt", "readSeq"], &[]);
    assert_eq!((&members[0]["userId"], &members[0]["owner"]), (&json!("ana"), &json!(true)));
    assert_eq!(members[0]["name"], ana.display_name());
    assert_instant(&members[0]["joinedAt"]);
    assert_eq!(ana.room(&id).await, *room);
    assert_eq!(ana.me().await["freeJoinUsed"], false, "creating is not a join");
}

#[tokio::test]
async fn a_room_needs_a_name_and_a_password() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    ana.post("/api/chatrooms", json!({})).await.invalid_fields(&["name", "password"]);
    let bad = json!({"name": "\u{200b}", "password": "123", "seats": 7});
    ana.post("/api/chatrooms", bad).await.invalid_fields(&["name", "password", "seats"]);
    assert!(items(&ana.get("/api/chatrooms").await.json(200)).is_empty());
}

#[tokio::test]
async fn a_lapsed_prime_member_keeps_rooms_and_creates_none() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    server.admin().await.delete("/api/admin/users/ana/prime").await.expect_status(200);

    let wish = json!({"name": "Another", "password": "open sesame"});
    ana.post("/api/chatrooms", wish).await.refusal(403, "prime_required");
    ana.say(&room, "still mine").await;
    let renamed = ana.patch(&format!("/api/chatrooms/{room}"), json!({"name": "Mine"})).await.json(200);
    assert_eq!(renamed["ownerId"], "ana");
}

#[tokio::test]
async fn own_rooms_are_listed_by_their_newest_event() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let bo = server.register_prime("bo-b").await;
    for name in ["one", "two", "three", "four", "five"] {
        ana.create_room(name).await;
    }
    let foreign = bo.create_room("not Ana's").await;
    let three = items(&ana.get("/api/chatrooms").await.json(200))[2].clone();
    assert!(three["lastMessage"].is_null(), "{three}");
    ana.say(&text(&three["roomId"]), "Good evening").await;

    let mut names = Vec::new();
    let mut cursor = String::new();
    let mut pages = 0;
    loop {
        let page = ana.get(&format!("/api/chatrooms?limit=2{cursor}")).await.json(200);
        pages += 1;
        for room in items(&page) {
            assert_members(&room, &SUMMARY, &["lastMessage"]);
            names.push(text(&room["name"]));
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["three", "five", "four", "two", "one"]);
    let last = &items(&ana.get("/api/chatrooms").await.json(200))[0]["lastMessage"];
    assert_members(last, &["seq", "senderId", "senderName", "excerpt", "at"], &[]);
    assert_eq!((&last["senderId"], &last["excerpt"]), (&json!("ana"), &json!("Good evening")));
    assert_eq!(pages, 3);
    assert!(
        items(&ana.get("/api/chatrooms").await.json(200))
            .iter()
            .all(|room| room["roomId"] != foreign.as_str())
    );
}

#[tokio::test]
async fn a_list_takes_1_to_100_items_and_a_cursor_of_its_own() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    for list in ["/api/chatrooms", "/api/sessions", "/api/me/transfers", "/api/friends", "/api/blocks"] {
        for bad in ["0", "101", "-1", "many", ""] {
            ana.get(&format!("{list}?limit={bad}")).await.invalid_fields(&["limit"]);
        }
        ana.get(&format!("{list}?limit=100")).await.expect_status(200);
        ana.get(&format!("{list}?cursor=***")).await.invalid_fields(&["cursor"]);
    }
}

#[tokio::test]
async fn a_room_is_shown_to_its_members_only() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register("bo-b").await;
    let path = format!("/api/chatrooms/{room}");

    let hidden = bo.get(&path).await.refusal(404, "room_not_found");
    let missing = bo.get("/api/chatrooms/00000000-0000-7000-8000-000000000000").await;
    assert_eq!(missing.refusal(404, "room_not_found")["detail"], hidden["detail"]);
    bo.get("/api/chatrooms/nonsense").await.refusal(404, "room_not_found");

    bo.join(&room).await.expect_status(200);
    bo.get(&path).await.expect_status(200);
    bo.post(&format!("{path}/leave"), json!({})).await.expect_status(204);
    bo.get(&path).await.refusal(403, "not_a_member");
}

#[tokio::test]
async fn members_are_shown_in_the_order_of_their_seats_with_their_presence() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let [bo, cy] = server.register_all(["bo-b", "cy-c"]).await;
    bo.join(&room).await.expect_status(200);
    cy.join(&room).await.expect_status(200);
    let _online = cy.socket().await;

    let members = items(&json!({"items": ana.room(&room).await["members"]}));
    assert_eq!(column(&members, "userId"), ["ana", "bo-b", "cy-c"]);
    assert_eq!(column(&members, "owner"), [true, false, false]);
    assert_eq!(column(&members, "prime"), [true, false, false]);
    assert_eq!(column(&members, "online"), [false, false, true]);
}

#[tokio::test]
async fn coming_back_to_a_room_is_free() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let (first, second) = (ana.create_room("A").await, ana.create_room("B").await);
    let bo = server.register_rich("bo-b", 150).await;
    bo.join(&first).await.expect_status(200);
    bo.join(&second).await.expect_status(200);

    bo.post(&format!("/api/chatrooms/{second}/leave"), json!({})).await.expect_status(204);
    assert_eq!(bo.me().await["availCoins"], 0, "leaving gives nothing back");
    assert_eq!(ana.room(&second).await["seatsTaken"], 1);
    let receipt = bo.join(&second).await.json(200);
    assert_eq!(receipt, json!({"roomId": second, "fee": 0, "availCoins": 0, "alreadyMember": false}));
    server.assert_sound().await;
}

#[tokio::test]
async fn leaving_is_for_members_and_not_for_the_owner() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register("bo-b").await;
    let path = format!("/api/chatrooms/{room}/leave");
    ana.post(&path, json!({})).await.refusal(409, "owner_must_hand_over");
    bo.post(&path, json!({})).await.refusal(404, "room_not_found");
    bo.join(&room).await.expect_status(200);
    bo.post(&path, json!({})).await.expect_status(204);
    bo.post(&path, json!({})).await.refusal(403, "not_a_member");
}
