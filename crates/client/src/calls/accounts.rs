use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::WHOLE_PAGE;
use crate::secrets::{exposed, exposed_if_any};
use crate::server::{Call, Timed};
use crate::{Account, Client, Error, Page, Server, Session, Tokens, Transfer};

/// The data of a new account.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the members say it")]
pub struct Registration {
    /// 3 to 32 of letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
    pub user_id: String,
    /// The device of the first session.
    pub device_id: String,
    pub name: String,
    /// The phone number, with `+` and country code.
    pub phone: String,
    /// 8 to 128 characters.
    #[serde(serialize_with = "exposed")]
    pub password: SecretString,
    /// How many coins the account starts with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avail_coins: Option<i64>,
}

/// A session that has just begun.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names of the members say it")]
pub struct SignedIn {
    /// Calls in the account's name.
    pub client: Client,
    pub account: Account,
}

/// Changes to one's own account. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "the names of the members say it")]
pub struct AccountUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
struct WithPassword<'a> {
    #[serde(serialize_with = "exposed")]
    password: &'a SecretString,
}

#[derive(Serialize)]
struct WithCode<'a> {
    #[serde(serialize_with = "exposed")]
    otp: &'a SecretString,
}

/// The data with which an authenticator is set up.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authenticator {
    /// The secret in Base32, to be typed in.
    pub secret: SecretString,
    /// The same as an address, to be shown as a QR code.
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

    /// Signs in to an account whose second factor is on, for which [`login`](Self::login) answers
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

    /// Resumes a session with stored tokens. Nothing is sent yet.
    pub fn resume(&self, tokens: Tokens) -> Client {
        Client::new(self.clone(), Timed { body: tokens, at: None })
    }

    async fn sign_in(&self, call: &Call<'_>) -> Result<SignedIn, Error> {
        let Timed::<SignedInShape> { body, at } = self.ask(call, None).await?;
        Ok(SignedIn {
            client: Client::new(self.clone(), Timed { body: body.tokens, at }),
            account: body.account,
        })
    }
}

impl Client {
    /// Sets up an authenticator, which is in force once one of its codes has confirmed it.
    pub async fn offer_second_factor(&self, password: &SecretString) -> Result<Authenticator, Error> {
        self.ask(Call::post(&["api", "me", "second-factor"]).json(&WithPassword { password })).await
    }

    /// Turns the second factor on with a code of the authenticator, and returns the recovery codes.
    pub async fn confirm_second_factor(&self, code: &SecretString) -> Result<Vec<SecretString>, Error> {
        let call = Call::put(&["api", "me", "second-factor"]).json(&WithCode { otp: code });
        self.ask::<RecoveryCodes>(call).await.map(|answer| answer.recovery_codes)
    }

    /// Turns the second factor off.
    pub async fn lift_second_factor(&self, password: &SecretString) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "me", "second-factor"]).json(&WithPassword { password })).await
    }

    /// Shows one's own account.
    pub async fn me(&self) -> Result<Account, Error> {
        self.ask(Call::get(&["api", "me"])).await
    }

    /// Changes one's own name or phone number.
    pub async fn update_me(&self, update: &AccountUpdate) -> Result<Account, Error> {
        self.ask(Call::patch(&["api", "me"]).json(update)).await
    }

    /// Changes one's own password. All other sessions end.
    pub async fn change_password(&self, current: &SecretString, new: &SecretString) -> Result<(), Error> {
        let change = PasswordChange { current_password: current, new_password: new };
        self.execute(Call::post(&["api", "me", "password"]).json(&change)).await
    }

    /// Deletes one's own account for good.
    pub async fn delete_me(&self, password: &SecretString) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "me"]).json(&WithPassword { password })).await
    }

    /// Lists one's own coin transfers, newest first.
    pub async fn transfers(&self, cursor: Option<&str>) -> Result<Page<Transfer>, Error> {
        let call = Call::get(&["api", "me", "transfers"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Ends this session.
    pub async fn logout(&self) -> Result<(), Error> {
        self.execute(Call::post(&["api", "logout"])).await
    }

    /// Lists the account's sessions, by device.
    pub async fn sessions(&self, cursor: Option<&str>) -> Result<Page<Session>, Error> {
        let call = Call::get(&["api", "sessions"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Ends the session on one of the account's devices.
    pub async fn end_session(&self, device_id: &str) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "sessions", device_id])).await
    }
}
