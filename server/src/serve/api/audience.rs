//! What released sums say of visitors on the whole: as a page, and as data.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use super::work::on_store;
use crate::audience::Audience;
use crate::serve::audience;
use crate::serve::problem::Problem;
use crate::serve::state::ServeState;

/// How varied lists are for visitors on the whole, how large segments are, and where they lie, as a page without scripts.
#[utoipa::path(
    get, path = "/audience", tag = "admin",
    responses(
        (status = 200, description = "The page. A browser may send the token as the password of the basic scheme", body = String, content_type = "text/html"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn page(State(state): State<Arc<ServeState>>) -> Result<Response<Body>, Problem> {
    Ok(audience::of(&draw(&state).await?).private())
}

/// How varied lists are for visitors on the whole, how large segments are, and where they lie: estimates with 95 % intervals.
#[utoipa::path(
    get, path = "/v1/admin/audience", tag = "admin",
    responses(
        (status = 200, description = "By window, newest first", body = Audience),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn data(State(state): State<Arc<ServeState>>) -> Result<Json<Audience>, Problem> {
    Ok(Json(draw(&state).await?))
}

async fn draw(state: &Arc<ServeState>) -> Result<Audience, Problem> {
    on_store(state, |store, state| Ok(Audience::draw(store, &state.config.site, state.config.audience)?))
        .await
}
