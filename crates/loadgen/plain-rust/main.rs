//! What Hexroom is compared with: a chat server as a Rust programmer writes it in an afternoon, on actix-web,
//! actix-ws and `mysql_async`. Each message is a row that is inserted and committed by itself, over one of 32
//! connections, and is sent on once it is.
//!
//! It is started as Hexroom is, with the settings `DB_*`, and speaks as much of its protocol as the load generator
//! needs. It checks that tokens are its own and that a reader sits in the room, and no more: accounts and seats are
//! only in memory, no message is looked up to see whether it is a repeated one, nobody is resumed. All of that is in
//! its favour.

mod accounts;
mod messages;
mod rooms;
mod socket;

use std::error::Error;
use std::sync::Arc;
use std::{env, thread};

use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};

use crate::accounts::Tokens;
use crate::messages::Messages;
use crate::rooms::Rooms;

/// How many messages are inserted at the same time.
const CONNECTIONS: usize = 32;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if env::args().nth(1).as_deref() != Some("serve") {
        // Nobody need be made an admin: everybody may do everything.
        return Ok(());
    }
    messages::create_table().await?;
    let tokens = Data::new(Tokens::signed_with(env::var("JWT_SECRET")?.as_bytes()));
    let rooms = Data::from(Arc::new(Rooms::default()));
    let workers = thread::available_parallelism()?.get();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(tokens.clone())
            .app_data(rooms.clone())
            // Its connections are driven by the worker that uses them.
            .app_data(Data::new(Messages::over(CONNECTIONS.div_ceil(workers))))
            .route("/api/register", web::post().to(accounts::register))
            .route("/api/token/refresh", web::post().to(accounts::refresh))
            .route("/api/admin/users/{user_id}/prime", web::put().to(accounts::grant_prime))
            .route("/api/chatrooms", web::post().to(rooms::create))
            .route("/api/joinroom", web::post().to(rooms::join))
            .route("/api/chatrooms/{room_id}/messages", web::get().to(messages::history))
            .route("/api/ws", web::get().to(socket::open))
    })
    .workers(workers)
    .tcp_nodelay(true)
    .bind(("127.0.0.1", 0))?;
    println!("Plain Rust is ready at http://{}", server.addrs()[0]);
    server.run().await?;
    Ok(())
}
