//! What to do about an error, by its code.

/// Half a sentence that says how to go on, when there is something to say.
#[must_use]
pub(crate) fn fix(code: &str) -> Option<&'static str> {
    Some(match code {
        "address_in_use" => {
            "stop the other program, or choose another address with --listen or --admin-listen"
        }
        "cannot_listen" => "choose an address of this machine and a port you may open",
        "busy" => "wait until the other import or publication is done",
        "data_folder_io" => "make the data folder readable and writable, or choose another with --data",
        "disk_full" => "make room on the disk and run the command again; nothing was changed",
        "newer_schema" => "install the newer release, or choose another data folder with --data",
        "foreign_database" => "choose another data folder with --data",
        "damaged" | "database" => {
            "run `homebody doctor`; restore the data folder from a backup if it says so"
        }
        "signing_key_io" => "make signing.key in the data folder readable for this user alone (mode 600)",
        "signing_key_malformed" => {
            "restore signing.key from a backup; a new key means new pages with its public key"
        }
        "source_io" => "check the file's name and permissions",
        "unknown_format" => {
            "name it with --format (over HTTP: ?format=): jsonl, csv, google-xml or google-tsv"
        }
        "rejected_lines" => "repair the lines, or leave them out with --skip-bad-lines",
        "empty_source" => {
            "check that the export wrote the file; to empty a catalogue, publish from a new data folder"
        }
        "nothing_usable" => "compare the `item` column with the ids of the catalogue, letter by letter",
        "not_published" => "run `homebody publish` first",
        "export_io" => "choose a folder that this user may write to",
        "export_foreign" => "choose an empty folder, or one that `homebody export sums` has made",
        "export_format" => "choose another folder, or that --format",
        "export_running" => "wait until the other export is done",
        "export_range" => "put the earlier day in --since",
        "export_not_built" => {
            "choose ndjson or csv, or install with `cargo install --path server --features parquet`"
        }
        "empty_catalog" => "run `homebody import catalog FILE` first",
        "empty_pool" => "check the placement's categories and rules, and that items are available",
        "placement_name" => "change placements.name in the configuration",
        "id_collision" => "rename one of the two items",
        "unknown_version" => "GET /v1/publications or `homebody doctor` shows the versions there are",
        "nothing_to_roll_back" => "publish at least twice before going back",
        "missing_blob" => "restore the blobs folder from a backup, or publish again",
        "other_site" => "use one data folder a site, or set `site` to the one it belongs to",
        "www_unreadable" => "check the folder given as www; `cargo xtask build` makes www/dist",
        "blob_unreadable" | "blob_damaged" | "manifest_not_valid" => {
            "run `homebody publish` to write it anew"
        }
        "self_check" | "manifest" => "this is a defect: please report it with the catalogue that shows it",
        "no_entropy" => "let the process read the operating system's random numbers (/dev/urandom)",
        "publication_older" => {
            "restore the newest backup of the data folder, or restart to serve the older one"
        }
        "versions_used_up" => "start a new data folder with --data",
        _ => return fix_of_file(code).or_else(|| fix_of_consent(code)).or_else(|| fix_of_task(code)),
    })
}

/// The same for tasks and sums.
fn fix_of_task(code: &str) -> Option<&'static str> {
    Some(match code {
        "task_syntax" | "task_unknown" | "task_range" | "task_mismatch" => {
            "repair the task at the place that is named; docs/collect.md shows one"
        }
        "task_not_canonical" | "task_signature" => {
            "add the task as it was before it was signed, with the key of this site"
        }
        "task_site" => "set `site` in the task or in the configuration",
        "nothing_published" => "import a catalogue and run `homebody publish` first",
        "task_refused" => "ask for less: `--epsilon` and `--most` lower what it costs",
        "task_sensitive" => "leave them out of the head; `homebody tasks draft` does",
        "collection_refused" => {
            "`homebody doctor` on both sides; this window's sum is lost, the next one is summed as ever"
        }
        "task_not_found" => "`homebody tasks list` shows the tasks there are",
        "task_not_split" => "ask the server that has this role; `homebody tasks list` shows it",
        "invitation" => {
            "repair what is named; an invitation comes whole from the leader's `homebody tasks invite ID`"
        }
        "train_no_catalogue_table" => "set catalog.table_items to more than 0 and publish",
        "batch_too_small" => "wait for more reports, or for the next window",
        "window_open" => "wait until the window is over",
        "batch_closed" => "`homebody batches list` shows what was released",
        _ => return None,
    })
}

/// The same for files of rules and models.
fn fix_of_file(code: &str) -> Option<&'static str> {
    Some(match code {
        "rules_unreadable" => {
            "check placements.rules in the configuration; the path is relative to the working folder"
        }
        "rules_syntax" | "rules_range" | "rules_duplicate_name" | "rules_no_outcome" => {
            "repair the rule; docs/rules.md shows every condition and outcome"
        }
        "rules_too_deep" | "rules_too_many" | "rules_too_large" => {
            "use fewer or simpler rules for this placement"
        }
        "rules_never" | "rules_excluded" | "rules_opposites" | "rules_everything" | "rules_same_place" => {
            "fine if it is meant; else repair the rule, docs/rules.md shows every condition and outcome"
        }
        "trees_format" | "trees_malformed" | "trees_unsupported" | "trees_too_large" => {
            "docs/rules.md says which models of XGBoost and LightGBM devices can score"
        }
        "trees_no_feature_names" | "trees_unknown_feature" => {
            "train on a data frame with the names of Homebody's features"
        }
        "trees_weight" => "choose a --weight from 0 to 100",
        _ => return None,
    })
}

/// The same for notices and receipts.
fn fix_of_consent(code: &str) -> Option<&'static str> {
    Some(match code {
        "consent_unreadable" => "check the file's name and permissions; it has to be text in UTF-8",
        "consent_too_large" => "a consent configuration is a few kilobytes; check that it is the right file",
        "consent_refused" => "`homebody consent lint FILE` shows every line and what to do about it",
        "notice_unknown" => "`homebody consent list` or GET /v1/admin/consent shows the notices there are",
        "notice_damaged" => "restore the data folder from a backup; run `homebody doctor`",
        "no_signing_key" => "pass the site's public key with --key, or the data folder with --data",
        "receipt_unreadable" => "take the file as it was downloaded: JSON with the fields under `homebody`",
        "receipt_other_key" => "pass the key of the site that gave the receipt with --key",
        "receipt_signature" => "the receipt was changed after it was signed; it proves nothing",
        "receipt_notice" => "send `notice` as /v1/consent.json says it",
        "receipt_day" => "send the day of the choice in UTC, today's or yesterday's",
        "receipt_choices" | "receipt_purpose" => "name the purposes of the notice, each true or false",
        _ => return None,
    })
}
