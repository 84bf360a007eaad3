//! Registering, one's own account, and ending it.

use crate::support::{Server, assert_instant, assert_members, column, items, json, text};

#[tokio::test]
async fn registering_answers_the_account_and_its_tokens() {
    let server = Server::start().await;
    let ana = server.newcomer("Ana.B-1");
    let answer = ana.post("/api/register", ana.registration()).await.expect_status(201);

    assert_members(
        &answer.body,
        &["account", "accessToken", "accessTokenExpiresAt", "refreshToken", "refreshTokenExpiresAt"],
        &[],
    );
    assert_instant(&answer.body["accessTokenExpiresAt"]);
    assert_instant(&answer.body["refreshTokenExpiresAt"]);
    let account = &answer.body["account"];
    let required = [
        "userId",
        "name",
        "phone",
        "deviceId",
        "availCoins",
        "prime",
        "freeJoinUsed",
        "nextJoin",
        "admin",
        "secondFactor",
        "memberSince",
    ];
    assert_members(account, &required, &["primeUntil"]);
    assert_eq!(account["userId"], "ana.b-1", "ids are kept in lower case");
    assert_eq!(account["availCoins"], 0);
    for never_yet in ["prime", "freeJoinUsed", "admin", "secondFactor"] {
        assert_eq!(account[never_yet], false, "{never_yet}");
    }
    assert_instant(&account["memberSince"]);
    assert_eq!(answer.header("location"), "/api/profile/ana.b-1");

    ana.take_tokens(&answer.body);
    assert_eq!(ana.me().await, *account);
}

#[tokio::test]
async fn a_user_id_is_taken_in_any_case() {
    let server = Server::start().await;
    server.register("ana").await;
    for spelling in ["ana", "ANA", "aNa"] {
        let newcomer = server.newcomer(spelling);
        newcomer.post("/api/register", newcomer.registration()).await.refusal(409, "user_id_taken");
    }
}

#[tokio::test]
async fn a_user_id_wanted_by_many_at_once_is_given_out_once() {
    let server = Server::start().await;
    let attempts = (0..12).map(|_| async {
        let newcomer = server.newcomer("ana");
        newcomer.post("/api/register", newcomer.registration()).await
    });
    let answers = futures_util::future::join_all(attempts).await;
    let (winners, losers): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(winners.len(), 1);
    for loser in losers {
        loser.refusal(409, "user_id_taken");
    }
    server.assert_sound().await;
}

#[tokio::test]
async fn every_failing_field_of_a_registration_is_named_at_once() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let all = ["deviceId", "name", "password", "phone", "userId"];
    anybody.post("/api/register", json!({})).await.invalid_fields(&all);
    let bad = json!({
        "userId": ".x", "deviceId": "", "name": "\n", "phone": "0151", "password": "short", "availCoins": -1,
    });
    let all_and_coins = ["availCoins", "deviceId", "name", "password", "phone", "userId"];
    anybody.post("/api/register", bad).await.invalid_fields(&all_and_coins);
    let of_wrong_types = json!({
        "userId": 1, "deviceId": [], "name": {}, "phone": true, "password": 12_345_678, "availCoins": "many",
    });
    anybody.post("/api/register", of_wrong_types).await.invalid_fields(&all_and_coins);
}

#[tokio::test]
async fn an_unknown_field_is_an_error_beside_the_others() {
    let server = Server::start().await;
    let ana = server.newcomer("ana");
    let mut registration = ana.registration();
    registration["prime"] = json!(true);
    registration["name"] = json!("");
    ana.post("/api/register", registration).await.invalid_fields(&["name", "prime"]);
    ana.login().await.refusal(401, "invalid_credentials");
}

#[tokio::test]
async fn a_phone_number_is_kept_in_its_normal_form() {
    let server = Server::start().await;
    let ana = server.newcomer("ana");
    let mut registration = ana.registration();
    registration["phone"] = json!("+49 (151) 1234-5678");
    assert_eq!(ana.post("/api/register", registration).await.json(201)["account"]["phone"], "+4915112345678");
}

#[tokio::test]
async fn a_name_is_the_same_however_it_was_typed_and_hides_nothing() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let renamed = ana.patch("/api/me", json!({"name": "Rene\u{301}"})).await.json(200);
    assert_eq!(renamed["name"], "Ren\u{e9}");
    for hidden in ["\u{fff9}", "\u{1d173}", "A\u{202e}na", "A\u{200b}na"] {
        ana.patch("/api/me", json!({"name": hidden})).await.invalid_fields(&["name"]);
    }
    ana.patch("/api/me", json!({"name": "Ana 👩‍🚀"})).await.expect_status(200);
}

#[tokio::test]
async fn a_reserved_id_is_not_registered() {
    let server = Server::start().await;
    for reserved in ["admin", "System", "MINT", "house", "Everyone", "here", "all"] {
        let newcomer = server.newcomer(reserved);
        newcomer.post("/api/register", newcomer.registration()).await.invalid_fields(&["userId"]);
    }
}

#[tokio::test]
async fn a_password_that_is_guessed_first_is_refused() {
    let server = Server::start().await;
    for (guessed, code) in
        [("Password1", "too_common"), ("qwertyuiop", "too_common"), ("ANA-BELLE", "is_user_id")]
    {
        let mut newcomer = server.newcomer("ana-belle");
        newcomer.password = guessed.to_owned();
        let refusal = newcomer.post("/api/register", newcomer.registration()).await;
        let error = &refusal.refusal(422, "validation_failed")["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!("password"), &json!(code)));
    }
    let ana = server.register("ana-belle").await;
    for (guessed, code) in [("iloveyou", "too_common"), ("ana-belle", "is_user_id")] {
        let change = json!({"currentPassword": ana.password, "newPassword": guessed});
        let refusal = ana.post("/api/me/password", change).await.refusal(422, "validation_failed");
        assert_eq!(refusal["errors"][0]["field"], "newPassword");
        assert_eq!(refusal["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn a_password_is_the_same_however_it_was_typed() {
    let server = Server::start().await;
    let mut ana = server.newcomer("ana");
    ana.password = "cafe\u{301} au lait".to_owned();
    let answer = ana.post("/api/register", ana.registration()).await.json(201);
    ana.take_tokens(&answer);
    for typed in ["caf\u{e9} au lait", "ｃaf\u{e9}\u{a0}au lait"] {
        ana.password = typed.to_owned();
        ana.login().await.expect_status(200);
    }
    ana.password = "cafe au lait".to_owned();
    ana.login().await.refusal(401, "invalid_credentials");
}

#[tokio::test]
async fn coins_at_registration_are_honoured_up_to_the_limit() {
    let server = Server::start().await;
    let rich = server.register_rich("rich", 1_000).await;
    assert_eq!(rich.me().await["availCoins"], 1_000);
    let greedy = server.newcomer("greedy");
    let mut registration = greedy.registration();
    registration["availCoins"] = json!(1_001);
    greedy.post("/api/register", registration.clone()).await.invalid_fields(&["availCoins"]);
    registration["phone"] = json!("0151");
    registration["userId"] = json!("greedy-one");
    registration["password"] = json!("Greedy-One");
    greedy.post("/api/register", registration).await.invalid_fields(&["availCoins", "password", "phone"]);
}

#[tokio::test]
async fn coins_at_registration_can_be_forbidden() {
    let server = Server::start_with(&[("SIGNUP_COINS_MAX", "0")]).await;
    let ana = server.newcomer("ana");
    let mut registration = ana.registration();
    registration["availCoins"] = json!(1);
    ana.post("/api/register", registration.clone()).await.invalid_fields(&["availCoins"]);
    registration["availCoins"] = json!(0);
    ana.post("/api/register", registration).await.expect_status(201);
}

#[tokio::test]
async fn long_passwords_are_never_cut_short() {
    let server = Server::start_with(&[("PASSWORD_SCHEME", "bcrypt")]).await;
    let mut ana = server.newcomer("ana");
    ana.password = "ä".repeat(127) + "1";
    let answer = ana.post("/api/register", ana.registration()).await.json(201);
    ana.take_tokens(&answer);
    ana.login().await.expect_status(200);
    ana.password = "ä".repeat(127) + "2";
    ana.login().await.refusal(401, "invalid_credentials");
    ana.password = "ä".repeat(36);
    ana.login().await.refusal(401, "invalid_credentials");
}

#[tokio::test]
async fn name_and_phone_can_be_changed() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let renamed = ana.patch("/api/me", json!({"name": "Ana the Second"})).await.json(200);
    assert_eq!((&renamed["name"], &renamed["phone"]), (&json!("Ana the Second"), &json!(ana.phone)));
    ana.patch("/api/me", json!({"phone": "+1 212 555 0100"})).await.expect_status(200);
    let me = ana.me().await;
    assert_eq!((&me["name"], &me["phone"]), (&json!("Ana the Second"), &json!("+12125550100")));

    ana.patch("/api/me", json!({"name": " ", "phone": "1"})).await.invalid_fields(&["name", "phone"]);
    ana.patch("/api/me", json!({"availCoins": 9_999})).await.invalid_fields(&["availCoins"]);
    assert_eq!(ana.me().await, me);
}

#[tokio::test]
async fn changing_the_password_needs_the_current_one() {
    let server = Server::start().await;
    let mut ana = server.register("ana").await;
    let path = "/api/me/password";
    let wrong = json!({"currentPassword": "not this one", "newPassword": "a fine new one"});
    ana.post(path, wrong).await.refusal(401, "invalid_credentials");
    let short = json!({"currentPassword": ana.password, "newPassword": "short"});
    ana.post(path, short).await.invalid_fields(&["newPassword"]);

    let right = json!({"currentPassword": ana.password, "newPassword": "a fine new one"});
    assert_eq!(ana.post(path, right).await.status, 204);
    ana.login().await.refusal(401, "invalid_credentials");
    ana.password = "a fine new one".to_owned();
    ana.login().await.expect_status(200);
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_personal_behind() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register_rich("bo-b", 500).await;
    bo.join(&room).await.expect_status(200);
    bo.say(&room, "so long").await;
    let last_messages = async || {
        let listed = items(&ana.get("/api/chatrooms").await.json(200))[0]["lastMessage"].clone();
        [listed, ana.room(&room).await["lastMessage"].clone()]
    };
    for message in last_messages().await {
        assert_eq!(message["senderName"], bo.display_name());
    }
    ana.post("/api/friend-requests", json!({"userId": "bo-b"})).await.expect_status(201);

    bo.send(bo.request(reqwest::Method::DELETE, "/api/me").json(&json!({"password": "not this one"})))
        .await
        .refusal(401, "invalid_credentials");
    let right = json!({"password": bo.password});
    let gone = bo.send(bo.request(reqwest::Method::DELETE, "/api/me").json(&right)).await;
    assert_eq!(gone.status, 204, "{}", gone.text);

    bo.get("/api/me").await.refusal(401, "session_revoked");
    bo.login().await.refusal(401, "invalid_credentials");
    ana.get("/api/profile/bo-b").await.refusal(404, "user_not_found");
    for message in last_messages().await {
        assert_eq!((&message["senderId"], &message["excerpt"]), (&json!("bo-b"), &json!("so long")));
        assert!(message.get("senderName").is_none(), "{message}");
    }
    let seen = ana.room(&room).await;
    assert_eq!(column(&items(&json!({"items": seen["members"]})), "userId"), ["ana"]);
    assert!(items(&ana.get("/api/friend-requests?direction=out").await.json(200)).is_empty());
    let newcomer = server.newcomer("bo-b");
    newcomer.post("/api/register", newcomer.registration()).await.refusal(409, "user_id_taken");
    server.assert_sound().await;
}

#[tokio::test]
async fn an_owner_hands_over_or_closes_before_deleting_the_account() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let delete = || ana.request(reqwest::Method::DELETE, "/api/me").json(&json!({"password": ana.password}));
    ana.send(delete()).await.refusal(409, "owner_must_hand_over");
    assert_eq!(ana.room(&room).await["seatsTaken"], 1);
    ana.delete(&format!("/api/chatrooms/{room}")).await.expect_status(204);
    ana.send(delete()).await.expect_status(204);
}

#[tokio::test]
async fn a_profile_is_found_in_any_case_and_tells_prime() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let bo = server.register("bo-b").await;
    let profile = bo.get("/api/profile/ANA").await.json(200);
    assert_eq!(profile["userId"], "ana");
    assert_eq!(profile["prime"], true);
    assert_eq!(profile["friendship"], "none");
    assert_instant(&profile["memberSince"]);
    assert_eq!(text(&ana.get("/api/profile/ana").await.json(200)["friendship"]), "self");
    bo.get("/api/profile/x").await.refusal(404, "user_not_found");
}
