"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

#: Table → columns a new row could push an old one out on.
PROTECTED = {"decisions": ("id", "undoes"), "audit_events": ("seq", "hash", "prev_hash")}

PAGE_STATES = (
    "state IN ('ok', 'list', 'empty_list', 'gone', 'under_review', 'login_wall', 'permission', "
    "'captcha', 'blocked', 'shell', 'maintenance', 'moved', 'robots_denied', 'unreachable', 'unknown')"
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("seq", types.WholeNumber, autoincrement=False, nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("actor", types.Words(), nullable=False),
        sa.Column("action", types.Words(), nullable=False),
        sa.Column("object_type", types.Words(), nullable=False),
        sa.Column("object_id", types.Words(), nullable=False),
        sa.Column("detail", types.Json(), nullable=False),
        sa.Column("prev_hash", types.Words(), nullable=False),
        sa.Column("hash", types.Words(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_events"),
        sa.UniqueConstraint("hash", name="uq_audit_events_hash"),
        sa.UniqueConstraint("prev_hash", name="uq_audit_events_prev_hash"),
    )
    op.create_index("ix_audit_events_object", "audit_events", ["object_type", "object_id"])
    op.create_table(
        "clusters",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clusters"),
    )
    op.create_table(
        "digests",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("first_day", types.Words(), nullable=False),
        sa.Column("last_day", types.Words(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("created_by", types.Words(), nullable=False),
        sa.Column("files", types.Json(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
    )
    op.create_index("ix_digests_created_at", "digests", ["created_at", "id"])
    op.create_table(
        "login_failures",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("key", types.Words(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_failures"),
    )
    op.create_index("ix_login_failures_key_at", "login_failures", ["key", "at"])
    op.create_table(
        "operators",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("name", types.Words(), nullable=False),
        sa.Column("merged_into", types.WholeNumber, nullable=True),
        sa.CheckConstraint("merged_into <> id", name=op.f("ck_operators_merged_into")),
        sa.ForeignKeyConstraint(["merged_into"], ["operators.id"], name="fk_operators_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_operators"),
    )
    op.create_index("ix_operators_merged_into", "operators", ["merged_into"])
    op.create_table(
        "settings",
        sa.Column("key", types.Words(), nullable=False),
        sa.Column("value", types.Words(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    op.create_table(
        "sources",
        sa.Column("name", types.Words(), nullable=False),
        sa.Column("title", types.Words(), nullable=False),
        sa.Column("lane", types.Words(), nullable=False),
        sa.Column("state", types.Words(), nullable=False),
        sa.Column("verified", types.Words(), nullable=False),
        sa.Column("last_good_at", types.Moment(), nullable=True),
        sa.Column("cooldown_until", types.Moment(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sources"),
    )
    op.create_table(
        "users",
        sa.Column("name", types.Words(), nullable=False),
        sa.Column("password_hash", types.Words(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("keys_enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )
    op.create_table(
        "captures",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("url", types.Words(), nullable=False),
        sa.Column("final_url", types.Words(), nullable=False),
        sa.Column("captured_at", types.Moment(), nullable=False),
        sa.Column("method", types.Words(), nullable=False),
        sa.Column("http_status", types.WholeNumber, nullable=True),
        sa.Column("state", types.Words(), nullable=False),
        sa.Column("content_type", types.Words(), nullable=False),
        sa.Column("charset", types.Words(), nullable=False),
        sa.Column("sha256", types.Words(), nullable=False),
        sa.Column("size", types.WholeNumber, nullable=False),
        sa.Column("warc_path", types.Words(), nullable=False),
        sa.Column("warc_offset", types.WholeNumber, nullable=False),
        sa.Column("warc_length", types.WholeNumber, nullable=False),
        sa.Column("warc_record_id", types.Words(), nullable=False),
        sa.Column("etag", types.Words(), nullable=True),
        sa.Column("last_modified", types.Words(), nullable=True),
        sa.Column("screenshot_blob", types.Words(), nullable=True),
        sa.Column("robots_blob", types.Words(), nullable=True),
        sa.Column("server_ip", types.Words(), nullable=True),
        sa.Column("environment", types.Json(), nullable=False),
        sa.CheckConstraint("method IN ('http', 'browser', 'import')", name=op.f("ck_captures_method")),
        sa.CheckConstraint(
            PAGE_STATES,
            name=op.f("ck_captures_state"),
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_captures_sha256")),
        sa.CheckConstraint("size >= 0 AND warc_offset >= 0 AND warc_length >= 0", name=op.f("ck_captures_extent")),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_captures_source"),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
    )
    op.create_index("ix_captures_source_captured_at", "captures", ["source", "captured_at"])
    op.create_index("ix_captures_warc", "captures", ["warc_path", "warc_offset", "warc_length"])
    op.create_table(
        "cases",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("year", types.WholeNumber, nullable=False),
        sa.Column("number", types.WholeNumber, nullable=False),
        sa.Column("title", types.Words(), nullable=False),
        sa.Column("status", types.Words(), nullable=False),
        sa.Column("opened_by", types.Words(), nullable=False),
        sa.Column("opened_at", types.Moment(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_cases_status")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.name"], name="fk_cases_opened_by"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("year", "number", name="uq_cases_year_number"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("masked", types.Words(), nullable=False),
        sa.Column("keyed_hash", types.Words(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("operator_id", types.WholeNumber, nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name="fk_contacts_operator_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("kind", "keyed_hash", name="uq_contacts_kind_keyed_hash"),
    )
    op.create_index("ix_contacts_keyed_hash", "contacts", ["keyed_hash"])
    op.create_index("ix_contacts_operator_id", "contacts", ["operator_id"])
    op.create_table(
        "crawl_runs",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("started_at", types.Moment(), nullable=False),
        sa.Column("ended_at", types.Moment(), nullable=True),
        sa.Column("states", types.Json(), nullable=False),
        sa.Column("new", types.WholeNumber, nullable=False),
        sa.Column("changed", types.WholeNumber, nullable=False),
        sa.Column("unchanged", types.WholeNumber, nullable=False),
        sa.Column("leads", types.WholeNumber, nullable=False),
        sa.Column("outcome", types.Words(), nullable=False),
        sa.Column("message", types.Words(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('running', 'finished', 'blocked', 'failed')", name=op.f("ck_crawl_runs_outcome")
        ),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_crawl_runs_source"),
        sa.PrimaryKeyConstraint("id", name="pk_crawl_runs"),
    )
    op.create_index("ix_crawl_runs_source_started_at", "crawl_runs", ["source", "started_at"])
    op.create_table(
        "listings",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("key", types.Words(), nullable=False),
        sa.Column("url", types.Words(), nullable=False),
        sa.Column("platform", types.Words(), nullable=False),
        sa.Column("cluster_id", types.WholeNumber, nullable=False),
        sa.Column("operator_id", types.WholeNumber, nullable=True),
        sa.Column("visibility", types.Words(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", types.Moment(), nullable=False),
        sa.Column("last_seen_at", types.Moment(), nullable=False),
        sa.Column("version", types.WholeNumber, nullable=False),
        sa.CheckConstraint("visibility IN ('public', 'group', 'private')", name=op.f("ck_listings_visibility")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_listings_version")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name="fk_listings_cluster_id"),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name="fk_listings_operator_id"),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_listings_source"),
        sa.PrimaryKeyConstraint("id", name="pk_listings"),
        sa.UniqueConstraint("source", "key", name="uq_listings_source_key"),
    )
    op.create_index("ix_listings_cluster_id", "listings", ["cluster_id"])
    op.create_index("ix_listings_operator_id", "listings", ["operator_id"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", types.Words(), nullable=False),
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("csrf", types.Words(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_sessions_user"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_table(
        "user_roles",
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("role", types.Words(), nullable=False),
        sa.CheckConstraint("role IN ('reviewer', 'officer', 'supervisor', 'admin')", name=op.f("ck_user_roles_role")),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_user_roles_user"),
        sa.PrimaryKeyConstraint("user", "role", name="pk_user_roles"),
    )
    op.create_table(
        "listing_captures",
        sa.Column("listing_id", types.WholeNumber, nullable=False),
        sa.Column("capture_id", types.Words(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_listing_captures_capture_id"),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_listing_captures_listing_id"),
        sa.PrimaryKeyConstraint("listing_id", "capture_id", name="pk_listing_captures"),
    )
    op.create_index("ix_listing_captures_capture_id", "listing_captures", ["capture_id"])
    op.create_table(
        "listing_contacts",
        sa.Column("listing_id", types.WholeNumber, nullable=False),
        sa.Column("contact_id", types.WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_listing_contacts_contact_id"),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_listing_contacts_listing_id"),
        sa.PrimaryKeyConstraint("listing_id", "contact_id", name="pk_listing_contacts"),
    )
    op.create_index("ix_listing_contacts_contact_id", "listing_contacts", ["contact_id"])
    op.create_table(
        "listing_versions",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("listing_id", types.WholeNumber, nullable=False),
        sa.Column("version", types.WholeNumber, nullable=False),
        sa.Column("content_sha256", types.Words(), nullable=False),
        sa.Column("capture_id", types.Words(), nullable=True),
        sa.Column("title", types.Words(), nullable=False),
        sa.Column("text", types.Words(), nullable=False),
        sa.Column("fields", types.Json(), nullable=False),
        sa.Column("images", types.Json(), nullable=False),
        sa.Column("price_raw", types.Words(), nullable=False),
        sa.Column("district", types.Words(), nullable=False),
        sa.Column("posted_at", types.Moment(), nullable=True),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_listing_versions_version")),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_listing_versions_capture_id"),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_listing_versions_listing_id"),
        sa.PrimaryKeyConstraint("id", name="pk_listing_versions"),
        sa.UniqueConstraint("listing_id", "content_sha256", name="uq_listing_versions_listing_id_content_sha256"),
        sa.UniqueConstraint("listing_id", "version", name="uq_listing_versions_listing_id_version"),
    )
    op.create_index("ix_listing_versions_capture_id", "listing_versions", ["capture_id"])
    op.create_index("ix_listing_versions_content_sha256", "listing_versions", ["content_sha256"])
    op.create_table(
        "pages",
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("key", types.Words(), nullable=False),
        sa.Column("url", types.Words(), nullable=False),
        sa.Column("state", types.Words(), nullable=False),
        sa.Column("etag", types.Words(), nullable=True),
        sa.Column("last_modified", types.Words(), nullable=True),
        sa.Column("signature", types.Words(), nullable=False),
        sa.Column("last_capture_id", types.Words(), nullable=True),
        sa.Column("first_seen_at", types.Moment(), nullable=False),
        sa.Column("last_fetched_at", types.Moment(), nullable=False),
        sa.CheckConstraint(
            PAGE_STATES,
            name=op.f("ck_pages_state"),
        ),
        sa.ForeignKeyConstraint(["last_capture_id"], ["captures.id"], name="fk_pages_last_capture_id"),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_pages_source"),
        sa.PrimaryKeyConstraint("source", "key", name="pk_pages"),
    )
    op.create_index("ix_pages_last_capture_id", "pages", ["last_capture_id"])
    op.create_table(
        "assessments",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("version_id", types.WholeNumber, nullable=False),
        sa.Column("model", types.Words(), nullable=False),
        sa.Column("rulebook", types.Words(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("priority", types.WholeNumber, nullable=False),
        sa.Column("result", types.Json(), nullable=False),
        sa.Column("title", types.Words(), nullable=False),
        sa.Column("text", types.Words(), nullable=False),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name=op.f("ck_assessments_priority")),
        sa.ForeignKeyConstraint(["version_id"], ["listing_versions.id"], name="fk_assessments_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
        sa.UniqueConstraint("version_id", "model", "rulebook", name="uq_assessments_version_id_model_rulebook"),
    )
    op.create_table(
        "near_keys",
        sa.Column("version_id", types.WholeNumber, nullable=False),
        sa.Column("key", types.Words(), nullable=False),
        sa.Column("cluster_id", types.WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name="fk_near_keys_cluster_id"),
        sa.ForeignKeyConstraint(["version_id"], ["listing_versions.id"], name="fk_near_keys_version_id"),
        sa.PrimaryKeyConstraint("version_id", "key", name="pk_near_keys"),
    )
    op.create_index("ix_near_keys_key", "near_keys", ["key"])
    op.create_table(
        "near_signatures",
        sa.Column("version_id", types.WholeNumber, autoincrement=False, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["listing_versions.id"], name="fk_near_signatures_version_id"),
        sa.PrimaryKeyConstraint("version_id", name="pk_near_signatures"),
    )
    op.create_table(
        "leads",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("cluster_id", types.WholeNumber, nullable=False),
        sa.Column("listing_id", types.WholeNumber, nullable=False),
        sa.Column("assessment_id", types.WholeNumber, nullable=False),
        sa.Column("status", types.Words(), nullable=False),
        sa.Column("priority", types.WholeNumber, nullable=False),
        sa.Column("rank", types.WholeNumber, nullable=False),
        sa.Column("title", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("platform", types.Words(), nullable=False),
        sa.Column("url", types.Words(), nullable=False),
        sa.Column("district", types.Words(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("browser_capture_id", types.Words(), nullable=True),
        sa.Column("revision", types.WholeNumber, nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'held', 'accepted', 'dismissed', 'transferred')", name=op.f("ck_leads_status")
        ),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name=op.f("ck_leads_priority")),
        sa.CheckConstraint("rank = -priority", name=op.f("ck_leads_rank")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_leads_assessment_id"),
        sa.ForeignKeyConstraint(["browser_capture_id"], ["captures.id"], name="fk_leads_browser_capture_id"),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name="fk_leads_cluster_id"),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_leads_listing_id"),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_leads_source"),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sa.UniqueConstraint("cluster_id", name="uq_leads_cluster_id"),
    )
    op.create_index("ix_leads_assessment_id", "leads", ["assessment_id"])
    op.create_index("ix_leads_browser_capture_id", "leads", ["browser_capture_id"])
    op.create_index("ix_leads_created_at", "leads", ["created_at"])
    op.create_index("ix_leads_district", "leads", ["district"])
    op.create_index("ix_leads_listing_id", "leads", ["listing_id"])
    op.create_index("ix_leads_order", "leads", ["rank", "id"])
    op.create_index("ix_leads_queue", "leads", ["status", "rank", "id"])
    op.create_index("ix_leads_source", "leads", ["source"])
    op.create_table(
        "case_leads",
        sa.Column("lead_id", types.WholeNumber, autoincrement=False, nullable=False),
        sa.Column("case_id", types.Words(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_leads_case_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_case_leads_lead_id"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_case_leads"),
    )
    op.create_index("ix_case_leads_case_id", "case_leads", ["case_id"])
    op.create_table(
        "decisions",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("lead_id", types.WholeNumber, nullable=False),
        sa.Column("verdict", types.Words(), nullable=False),
        sa.Column("to_department", types.Words(), nullable=True),
        sa.Column("reason", types.Words(), nullable=False),
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("os_account", types.Words(), nullable=True),
        sa.Column("decided_at", types.Moment(), nullable=False),
        sa.Column("undoes", types.WholeNumber, nullable=True),
        sa.CheckConstraint("(verdict = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_decisions_undoes")),
        sa.CheckConstraint(
            "verdict <> 'transfer' OR to_department IS NOT NULL", name=op.f("ck_decisions_to_department")
        ),
        sa.CheckConstraint(
            "verdict IN ('confirm', 'dismiss', 'transfer', 'hold', 'undo')", name=op.f("ck_decisions_verdict")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_decisions_lead_id"),
        sa.ForeignKeyConstraint(["undoes"], ["decisions.id"], name="fk_decisions_undoes"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_decisions_user"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("undoes", name="uq_decisions_undoes"),
    )
    op.create_index("ix_decisions_decided_at", "decisions", ["decided_at"])
    op.create_index("ix_decisions_lead_id", "decisions", ["lead_id", "id"])
    op.create_table(
        "lead_captures",
        sa.Column("capture_id", types.Words(), nullable=False),
        sa.Column("lead_id", types.WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_lead_captures_capture_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_lead_captures_lead_id"),
        sa.PrimaryKeyConstraint("capture_id", name="pk_lead_captures"),
    )
    op.create_index("ix_lead_captures_lead_id", "lead_captures", ["lead_id"])
    op.create_table(
        "lead_codes",
        sa.Column("lead_id", types.WholeNumber, nullable=False),
        sa.Column("position", types.WholeNumber, nullable=False),
        sa.Column("code", types.Words(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_lead_codes_lead_id"),
        sa.PrimaryKeyConstraint("lead_id", "position", name="pk_lead_codes"),
        sa.UniqueConstraint("lead_id", "code", name="uq_lead_codes_lead_id_code"),
    )
    op.create_index("ix_lead_codes_code", "lead_codes", ["code"])

    dialect = op.get_bind().dialect.name
    for table, keys in PROTECTED.items():
        for statement in append_only(dialect, table, keys):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in PROTECTED:
        for statement in drop_append_only(dialect, table):
            op.execute(statement)
    op.drop_table("lead_codes")
    op.drop_table("lead_captures")
    op.drop_table("decisions")
    op.drop_table("case_leads")
    op.drop_table("leads")
    op.drop_table("near_signatures")
    op.drop_table("near_keys")
    op.drop_table("assessments")
    op.drop_table("pages")
    op.drop_table("listing_versions")
    op.drop_table("listing_contacts")
    op.drop_table("listing_captures")
    op.drop_table("user_roles")
    op.drop_table("sessions")
    op.drop_table("listings")
    op.drop_table("crawl_runs")
    op.drop_table("contacts")
    op.drop_table("cases")
    op.drop_table("captures")
    op.drop_table("users")
    op.drop_table("sources")
    op.drop_table("settings")
    op.drop_table("operators")
    op.drop_table("login_failures")
    op.drop_table("digests")
    op.drop_table("clusters")
    op.drop_table("audit_events")
