//! The fields of exports and views by name; what an older version of the export did not have may be missing.
//!
//! The same names and the same leave to be missing as serde derives for JSON, which a test holds them to.

use super::document::record;
use super::export::{
    ExportedAnswer, ExportedFacet, ExportedHour, ExportedItem, ExportedNote, ExportedOpinion, ProfileExport,
};
use super::view::{CartView, FacetView, ItemView, NoteView, ProfileView, WindowView};

record!(ProfileExport {
    must schema_version,
    must exported_at_ms,
    must interactions,
    must sessions,
    must first_at_ms,
    must session_started_at_ms,
    may session_interactions,
    may session_before_ended_at_ms,
    must last_at_ms,
    must items,
    must id_seed,
    must older_item_keys,
    may older_item_days,
    must facets,
    may hours,
    may rhythm,
    may rhythm_at_ms,
    may orders,
    may order_value,
    may last_order_at_ms,
    may searches,
    may surveys,
    may hints,
    may answers,
    may linear,
    may segment,
});
record!(ExportedItem {
    must id,
    must last_at_ms,
    must last_kind,
    must weight,
    must count,
    must shown,
    may shown_at_ms,
    must flags,
    may dismissal,
    may thumb,
    may rating,
    may cart_at_ms,
    may quantity,
});
record!(ExportedOpinion { must taste, must at_ms });
record!(ExportedFacet {
    must kind,
    must name,
    must strength,
    may shown,
    may opened,
    may clicked,
    must at_ms,
    must muted,
});
record!(ExportedHour { must hour, must counts, must value });
record!(ExportedNote { must text, must value, must at_ms });
record!(ExportedAnswer { must facet, must answer });

record!(ProfileView {
    must interactions,
    must sessions,
    must first_at_ms,
    must last_at_ms,
    must bytes,
    must items,
    must older_items,
    must facets,
    must windows,
    must hours,
    must price_bands,
    must price_level,
    must frequency,
    must value,
    must session_minutes,
    must mean_order_value,
    must last_order_at_ms,
    must cart,
    must searches,
    must surveys,
    must hints,
    must answers,
    must segment,
});
record!(WindowView {
    must days,
    must opens,
    must cart_adds,
    must purchases,
    must searches,
    must sessions,
    must dwell_minutes,
    must value,
});
record!(CartView { must items, must pieces, must changed_at_ms });
record!(NoteView { must text, must value, must at_ms });
record!(ItemView {
    must id,
    must last_kind,
    must last_at_ms,
    must count,
    must shown,
    must shown_at_ms,
    must weight,
    must bought,
    must in_cart,
    must quantity,
    must refused,
    must liked,
    must stars,
});
record!(FacetView {
    must kind,
    must name,
    must key,
    must strength,
    must shown,
    must opened,
    must muted,
});
