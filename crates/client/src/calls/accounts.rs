use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::WHOLE_PAGE;
use crate::secrets::{exposed, exposed_if_any};
use crate::server::{Call, Told};
use crate::{Account, Client, Error, Listed, Server, Session, Tokens, Transfer};

/// What somebody registers with.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// 3 to 32 of letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
    pub user_id: String,
    /// The device of the first session.
    pub device_id: String,
    /// What people see.
    pub name: String,
    /// The phone number, with `+` and country code.
    pub phone: String,
    /// 8 to 128 characters.
    #[serde(serialize_with = "exposed")]
    pub password: SecretString,
    /// With how many coins the account begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avail_coins: Option<i64>,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct SignedIn {
    /// Calls in the account's name.
    pub client: Client,
    /// The account.
    pub account: Account,
}

/// What is to be different about the own account. What is none stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountRevision {
    /// What people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

#[derive(Deserialize)]
struct SignedInShape {
    account: Account,
    #[serde(flatten)]
    tokens: Tokens,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    user_id: &'a str,
    #[serde(serialize_with = "exposed")]
    password: &'a SecretString,
    device_id: &'a str,
    #[serde(serialize_with = "exposed_if_any", skip_serializing_if = "Option::is_none")]
    otp: Option<SecretString>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasswordChange<'a> {
    #[serde(serialize_with = "exposed")]
    current_password: &'a SecretString,
    #[serde(serialize_with = "exposed")]
    new_password: &'a SecretString,
}

#[derive(Serialize)]
struct Reassurance<'a> {
    #[serde(serialize_with = "exposed")]
    password: &'a SecretString,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    #[serde(serialize_with = "exposed")]
    otp: &'a SecretString,
}

/// What an authenticator is set up with.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authenticator {
    /// The secret in Base32, to be typed in.
    pub secret: SecretString,
    /// The same, to be shown as a QR code.
    pub otpauth_url: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecoveryCodes {
    recovery_codes: Vec<SecretString>,
}

impl Server {
    /// Makes a new account and signs in to it.
    pub async fn register(&self, registration: &Registration) -> Result<SignedIn, Error> {
        self.sign_in(&Call::post(&["api", "register"]).json(registration)).await
    }

    /// Signs in. An earlier session on the same device ends.
    pub async fn login(
        &self,
        user_id: &str,
        password: SecretString,
        device_id: &str,
    ) -> Result<SignedIn, Error> {
        let login = Login { user_id, password: &password, device_id, otp: None };
        self.sign_in(&Call::post(&["api", "login"]).json(&login)).await
    }

    /// Signs in to an account whose second factor is on, as [`login`](Self::login) was told with
    /// `second_factor_required`. The code is what the authenticator shows, or a recovery code.
    pub async fn login_with_code(
        &self,
        user_id: &str,
        password: SecretString,
        device_id: &str,
        code: SecretString,
    ) -> Result<SignedIn, Error> {
        let login = Login { user_id, password: &password, device_id, otp: Some(code) };
        self.sign_in(&Call::post(&["api", "login"]).json(&login)).await
    }

    /// Carries a session on with tokens that were kept. Nothing is sent yet.
    pub fn resume(&self, tokens: Tokens) -> Client {
        Client::new(self.clone(), Told { it: tokens, at: None })
    }

    async fn sign_in(&self, call: &Call<'_>) -> Result<SignedIn, Error> {
        let Told::<SignedInShape> { it, at } = self.ask(call, None).await?;
        Ok(SignedIn { client: Client::new(self.clone(), Told { it: it.tokens, at }), account: it.account })
    }
}

impl Client {
    /// Sets up an authenticator, which takes force when one of its codes has confirmed it.
    pub async fn offer_second_factor(&self, password: &SecretString) -> Result<Authenticator, Error> {
        self.ask(Call::post(&["api", "me", "second-factor"]).json(&Reassurance { password })).await
    }

    /// Turns the second factor on with a code of the authenticator, and answers the recovery codes.
    pub async fn confirm_second_factor(&self, code: &SecretString) -> Result<Vec<SecretString>, Error> {
        let call = Call::put(&["api", "me", "second-factor"]).json(&Confirmation { otp: code });
        self.ask::<RecoveryCodes>(call).await.map(|told| told.recovery_codes)
    }

    /// Turns the second factor off.
    pub async fn lift_second_factor(&self, password: &SecretString) -> Result<(), Error> {
        self.tell(Call::delete(&["api", "me", "second-factor"]).json(&Reassurance { password })).await
    }

    /// Shows the own account.
    pub async fn me(&self) -> Result<Account, Error> {
        self.ask(Call::get(&["api", "me"])).await
    }

    /// Changes the own name or phone number.
    pub async fn revise_me(&self, revision: &AccountRevision) -> Result<Account, Error> {
        self.ask(Call::patch(&["api", "me"]).json(revision)).await
    }

    /// Changes the own password. All other sessions end.
    pub async fn change_password(&self, current: &SecretString, new: &SecretString) -> Result<(), Error> {
        let change = PasswordChange { current_password: current, new_password: new };
        self.tell(Call::post(&["api", "me", "password"]).json(&change)).await
    }

    /// Deletes the own account for good.
    pub async fn delete_me(&self, password: &SecretString) -> Result<(), Error> {
        self.tell(Call::delete(&["api", "me"]).json(&Reassurance { password })).await
    }

    /// Lists the own coin transfers, newest first.
    pub async fn transfers(&self, cursor: Option<&str>) -> Result<Listed<Transfer>, Error> {
        let call = Call::get(&["api", "me", "transfers"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Ends this session.
    pub async fn logout(&self) -> Result<(), Error> {
        self.tell(Call::post(&["api", "logout"])).await
    }

    /// Lists the account's sessions, by device.
    pub async fn sessions(&self, cursor: Option<&str>) -> Result<Listed<Session>, Error> {
        let call = Call::get(&["api", "sessions"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Ends the session on one of the account's devices.
    pub async fn end_session(&self, device_id: &str) -> Result<(), Error> {
        self.tell(Call::delete(&["api", "sessions", device_id])).await
    }
}
