"""The rules as triggers of PostgreSQL: one for each table and kind of write, whose function asks every rule of it at once, and when one
refuses asks them one by one.

They refuse with ERRCODE 23514, so that Django says IntegrityError, and name the rule as the constraint. An event's text is parsed once.

*Model and limits*: the application works as a role that can read all, insert, and update entities, but neither delete nor truncate nor
change the schema; tables and functions belong to the owner who migrates. The functions set where they look for tables and how dates are
written, so that no setting of a session and no temporary table of the same name misleads them. A superuser can do everything, and `verify`
finds what was done. Touches are written by a function of the owner's.
"""

from __future__ import annotations

from typing import Any

from farside.curation.models import ENTITIES, KINDS, Event, Posting, Token, Touch
from farside.curation.rules.declared import Rule, filled, rules
from farside.curation.rules.sealing import COLUMNS, Dialect, sealing, touches

SCHEMA = "public"
SETTINGS = f"SET search_path = {SCHEMA}, pg_temp SET datestyle = 'ISO, YMD' SET plan_cache_mode = force_generic_plan"
EPOCH = r"^\d\d\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d\d\dZ$"
CANONICAL = "curation_canonical"

_TOLD = "(SELECT COALESCE(jsonb_agg(jsonb_build_array(p.account, p.mass_ug) ORDER BY p.line), '[]') FROM {posting} p"
_TOLD += " WHERE p.event = NEW.number)"
_OWN = ", ".join(f"'{column}', NEW.{column}" for column in COLUMNS)
_KNOWN = ", ".join(f"'{kind}'" for kind in KINDS)

DIALECT = Dialect(
    not_canonical=f"{SCHEMA}.{CANONICAL}(doc) IS DISTINCT FROM NEW.text",
    hash_differs="NEW.hash IS DISTINCT FROM encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex')",
    columns_differ=f"doc - ARRAY['data', 'postings', 'states'] IS DISTINCT FROM jsonb_build_object({_OWN})"
    " OR jsonb_typeof(doc -> 'data') IS DISTINCT FROM 'object'",
    postings_differ=f"{_TOLD} IS DISTINCT FROM doc -> 'postings'",
    kinds_unknown="jsonb_typeof(doc -> 'states') IS DISTINCT FROM 'object'"
    f" OR EXISTS (SELECT 1 FROM jsonb_each(doc -> 'states') k WHERE k.key NOT IN ({_KNOWN})"
    " OR jsonb_typeof(k.value) <> 'array' OR k.value = '[]')",
    states_differ=lambda kind: (
        f"doc -> 'states' -> '{kind}' IS DISTINCT FROM"
        f" (SELECT jsonb_agg(to_jsonb(t) - 'event' ORDER BY t.code COLLATE \"C\") FROM {{{kind}}} t WHERE t.event = NEW.number)"
    ),
    epoch_malformed=f"CASE WHEN NEW.at_utc !~ '{EPOCH}' THEN TRUE ELSE to_date(substr(NEW.at_utc, 1, 10), 'YYYY-MM-DD') IS NULL END",
)

_PARSE = "BEGIN doc := NEW.text::jsonb; EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION USING MESSAGE ="
_PARSE += " 'the text of an event is JSON', ERRCODE = '23514'; END;"

_EACH = f"CASE WHEN jsonb_typeof(e.value) IN ('string', 'boolean', 'null') THEN e.value::text ELSE {SCHEMA}.{CANONICAL}(e.value) END"
CANONICAL_BODY = f"""
BEGIN
IF jsonb_typeof(v) = 'object' THEN
  RETURN '{{' || COALESCE((SELECT string_agg(to_json(e.key)::text || ':' || {_EACH}, ',' ORDER BY e.key COLLATE "C")
    FROM jsonb_each(v) e WHERE length(e.key) = octet_length(e.key)), '') || '}}';
ELSIF jsonb_typeof(v) = 'array' THEN
  RETURN '[' || COALESCE((SELECT string_agg({_EACH}, ',' ORDER BY e.n)
    FROM jsonb_array_elements(v) WITH ORDINALITY e(value, n)), '') || ']';
ELSIF jsonb_typeof(v) = 'number' THEN
  RETURN CASE WHEN v::text ~ '^(0|-?[1-9][0-9]{{0,15}})$' AND abs(v::numeric) < 9007199254740992 THEN v::text END;
END IF;
RETURN v::text;
END
"""
"""The canonical text of a value (RFC 8785) with whole numbers up to 2^53 - 1 and keys of ASCII; anything else comes out short."""


def statements() -> list[str]:
    """Functions and triggers, in the order in which they are made."""
    made = [f"CREATE FUNCTION {SCHEMA}.{CANONICAL}(v jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $rule${CANONICAL_BODY}$rule$"]
    for (table, write), own in _grouped().items():
        function = f'{SCHEMA}."{_name(table, write)}"() RETURNS trigger LANGUAGE plpgsql {SETTINGS}'
        made.append(f"CREATE FUNCTION {function} AS $rule${_body(table, write, own)}$rule$")
        made.append(_trigger(table, write))
    secure = f"LANGUAGE plpgsql SECURITY DEFINER {SETTINGS}"
    made.append(f'CREATE FUNCTION {SCHEMA}."event_fills_touch"() RETURNS trigger {secure} AS $rule${_fill()}$rule$')
    return [*made, _fill_trigger()]


def declared() -> dict[str, str]:
    """Each rule's name and its line; each trigger's name, itself and the frame of its function; in the words of `installed`."""
    made = {CANONICAL: CANONICAL_BODY}
    for (table, write), own in _grouped().items():
        made |= {f"{rule.name}_{write}": _line(rule, write) for rule in own}
        made[_name(table, write)] = f"{_trigger(table, write)} {_KEPT} {_body(table, write, own, lines=False)}"
    return {**made, "event_fills_touch": f"{_fill_trigger()} {_KEPT.replace('invoker', 'definer')} {_fill()}"}


_KEPT = f"fires O as invoker of owner with search_path={SCHEMA}, pg_temp; DateStyle=ISO, YMD; plan_cache_mode=force_generic_plan;"

_OURS = "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
_OURS += f" AND c.relname LIKE 'curation\\_%' AND c.relnamespace = '{SCHEMA}'::regnamespace"


def installed(cursor: Any) -> dict[str, str]:
    """What is on the laboratory's tables, in the words of `declared`: triggers with settings and frames of their functions; rules."""
    found: dict[str, str] = {}
    cursor.execute(
        "SELECT t.tgname, pg_get_triggerdef(t.oid), format('fires %s as %s of %s with %s;', t.tgenabled, CASE WHEN p.prosecdef"
        " THEN 'definer' ELSE 'invoker' END, CASE WHEN p.proowner = c.relowner THEN 'owner' ELSE 'another' END,"
        f" array_to_string(p.proconfig, '; ')), p.prosrc {_OURS}"
    )
    for name, trigger, kept, body in cursor.fetchall():
        lines = dict(_named_line(line) for line in body.splitlines() if line.startswith("/* "))
        found |= lines
        frame = "\n".join(line for line in body.splitlines() if not line.startswith("/* "))
        found[name] = f"{trigger} {kept} {frame}"
    cursor.execute(f"SELECT proname, prosrc FROM pg_proc WHERE proname = '{CANONICAL}' AND pronamespace = '{SCHEMA}'::regnamespace")
    return {**found, **dict(cursor.fetchall())}


def drop(cursor: Any) -> None:
    """Take all triggers away, and their functions."""
    cursor.execute(f"SELECT t.tgname, c.relname, p.proname {_OURS}")
    for name, table, function in cursor.fetchall():
        cursor.execute(f'DROP TRIGGER "{name}" ON {SCHEMA}."{table}"')
        cursor.execute(f'DROP FUNCTION IF EXISTS {SCHEMA}."{function}"()')
    for table, write in _grouped():  # functions whose trigger somebody dropped
        cursor.execute(f'DROP FUNCTION IF EXISTS {SCHEMA}."{_name(table, write)}"()')
    cursor.execute(f'DROP FUNCTION IF EXISTS {SCHEMA}."event_fills_touch"()')
    cursor.execute(f"DROP FUNCTION IF EXISTS {SCHEMA}.{CANONICAL}(jsonb)")


def grants(role: str, others: list[str], name: str) -> list[str]:
    """What the application's role may do in the database `name`, and no more; `others`: tables in it that are no part of the ledger."""
    append, entities = _named(Event, Posting), _named(*ENTITIES)
    every = f"{append}, {_named(Touch, Token)}, {entities}"
    made = [f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC', f"REVOKE CREATE ON SCHEMA {SCHEMA} FROM PUBLIC"]
    made += [f'GRANT SELECT ON {every}, "django_migrations" TO "{role}"', f'GRANT INSERT ON {append}, {entities} TO "{role}"']
    made += [f'GRANT UPDATE ON {entities} TO "{role}"', f'GRANT INSERT, DELETE ON {_named(Token)} TO "{role}"']
    if others:
        made.append(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(map(_quoted, others))} TO "{role}"')
        made.append(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO "{role}"')
    return made


def _named(*models: Any) -> str:
    return ", ".join(_quoted(model._meta.db_table) for model in models)


def _quoted(table: str) -> str:
    return f'"{table}"'


def _grouped() -> dict[tuple[str, str], list[Rule]]:
    """The rules of each table and write; what seals an event is asked first."""
    groups: dict[tuple[str, str], list[Rule]] = {}
    for rule in (*sealing(DIALECT), *rules()):
        for write in rule.writes:
            groups.setdefault((rule.table, write), []).append(rule)
    return groups


def _line(rule: Rule, write: str) -> str:
    says = rule.says.replace("'", "''")
    refuse = f"RAISE EXCEPTION USING MESSAGE = '{says}', ERRCODE = '23514', CONSTRAINT = '{rule.name}'"
    return f"/* {rule.name}_{write} */ IF ({rule.when}) THEN {refuse}; END IF;"


def _named_line(line: str) -> tuple[str, str]:
    return line.removeprefix("/* ").partition(" */")[0], line


def _body(table: str, write: str, rules: list[Rule], lines: bool = True) -> str:
    """The function of a trigger: one question for all rules, then one line a rule; without lines its frame."""
    event = table == filled("{event}") and write == "insert"
    head = ["DECLARE doc jsonb;", "BEGIN", _PARSE] if event else ["BEGIN"]
    guard = "IF " + "\nOR ".join(f"({rule.when})" for rule in rules) + " THEN"
    told = [_line(rule, write) for rule in rules] if lines else []
    return "\n".join((*head, guard, *told, "END IF;", f"RETURN {'OLD' if write == 'delete' else 'NEW'};", "END"))


def _name(table: str, write: str) -> str:
    return f"{table.removeprefix('curation_')}_{write}_rules"


def _trigger(table: str, write: str) -> str:
    name = _name(table, write)
    return f"CREATE TRIGGER {name} BEFORE {write.upper()} ON {SCHEMA}.{table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _fill() -> str:
    return filled(f"BEGIN INSERT INTO {{touch}} (kind, code, event) {touches()}; RETURN NULL; END")


def _fill_trigger() -> str:
    return (
        f"CREATE TRIGGER event_fills_touch AFTER INSERT ON {SCHEMA}.{filled('{event}')} FOR EACH ROW EXECUTE FUNCTION event_fills_touch()"
    )
