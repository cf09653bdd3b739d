"""Pages in which something is broken, and the test that notices: `scripts/browser --broken`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """Puts something in the place of a text that a file has once; the test must then fail."""

    name: str
    file: str
    text: str
    replacement: str
    test: str

    def apply(self, whole: str) -> str:
        assert whole.count(self.text) == 1, f"{self.name}: {self.file} has not once {self.text!r}"
        return whole.replace(self.text, self.replacement)


# What all tests of a page lean on is broken for one of them.
_CHAT = {
    "test_two_windows_chat": [("shift-enter-sends", "chat.js", ' || event.shiftKey', "")],
    "test_rooms_are_apart": [("one-room-for-all", "chat.js", "subscribe(`chat:${room}`", "subscribe(`chat:all`")],
    "test_a_name_is_asked_for_and_kept": [
        ("name-not-kept", "chat.js", 'if (!query.has("name")) store.set("name", me)', ""),
    ],
    "test_who_comes_late_gets_the_last_50": [("less-of-the-past", "chat.js", "last: 50,", "last: 49,")],
    "test_who_comes_amid_a_stream_sees_no_hole_in_it": [
        ("hole", "chorus.js", "    #receive(text) {", "    #receive(text) {\n        if (Math.random() < .05) return"),
    ],
    "test_a_new_name_in_a_stream_misses_nothing": [
        ("forgets-where-it-was", "chorus.js", "name }\n        if (this.#isOpen)",
         "name }\n        this.#position = null\n        if (this.#isOpen)"),
    ],
    "test_who_is_here": [("nobody-leaves", "chat.js", "members.delete(member.id)", "members.has(member.id)")],
    "test_of_many_only_the_number_is_told": [
        ("counts-names", "chat.js", 'setText(find("people-count"), sessions)',
         'setText(find("people-count"), members.size)'),
    ],
    "test_a_hidden_window_counts_and_marks_what_is_unread": [
        ("hidden-is-read", "chat.js", "(document.hidden || !wasAtEnd)", "!wasAtEnd"),
    ],
    "test_who_reads_the_past_is_not_torn_away_from_it": [
        ("torn-away", "chat.js", "if (wasAtEnd && !document.hidden) scrollToEnd()", "scrollToEnd()"),
    ],
    "test_a_flood_is_not_read_out": [("flood", "chat.js", "const FLOOD = 8", "const FLOOD = 8000")],
    "test_whatever_is_published_is_shown": [
        ("odd-data", "chat.js", 'typeof data?.text === "string"', 'typeof data.text === "string"'),
    ],
    "test_a_restart_is_told_of_and_the_room_goes_on": [
        ("mention-behind-a-gap", "chat.js", "last?.parts ?? []", 'last?.matches(".mention") ? last.parts : []'),
        ("i-left", "chat.js", "sessions.add(chat.session)", ""),
        ("no-gap", "chorus.js", "this.#options.onGap?.({ restarted })", "void 0"),
    ],
    "test_a_room_that_does_not_take_messages_says_so": [("not-refused", "chat.js", "onRefused: refused,", "")],
    "test_a_hundred_messages_wait_and_no_more": [
        ("fewer-wait", "chorus.js", "MOST_PENDING = 100", "MOST_PENDING = 99"),
    ],
    "test_a_dead_connection_is_noticed": [("never-noticed", "chorus.js", "PATIENCE = 1.5", "PATIENCE = 1.5e9"),
        ("heartbeats-unheard", "chorus.js", "        this.#heardAt = Date.now()\n        const line",
         "        if (!text.includes('heartbeat')) this.#heardAt = Date.now()\n        const line"),
    ],
    "test_a_dead_connection_is_noticed_sooner_by_who_writes": [
        ("unanswered", "chorus.js", " || this.#isUnanswered(now)", ""),
    ],
    "test_a_connection_that_never_begins_is_given_up": [
        ("waits-for-ever", "chorus.js", "FIRST_NOTICE = 20_000", "FIRST_NOTICE = Infinity"),
        ("not-woken", "chorus.js", " && !isHanging", ""),
    ],
    "test_a_page_that_stood_still_keeps_its_connection": [
        ("no-second-look", "chorus.js", "        setTimeout(() => {\n            if (this.#socket === socket",
         "        this.#lost()\n        setTimeout(() => {\n            if (this.#socket === socket"),
    ],
    "test_a_page_that_throws_is_connected_all_the_same": [
        ("message-throws", "chorus.js", "        } finally {\n            if (line.offset >=",
         "        } finally {}\n        {\n            if (line.offset >="),
        ("notice-throws", "chorus.js", "        } finally {\n            if (offset >=",
         "        } finally {}\n        {\n            if (offset >="),
    ],
    "test_a_break_is_told_where_nothing_is_kept": [
        ("untold-break", "chorus.js", "if (isGap || isUnknown)", "if (isGap)"),
        ("told-too-often", "chorus.js", "this.#wasLive && !this.#position", "!this.#position"),
    ],
    "test_what_is_lost_is_told_as_it_is": [
        ("gap-only-raises", "chorus.js", "if (isGap && epoch !== undefined) this.#pos", "if (false) this.#pos"),
        ("restarted-from-nothing", "chorus.js", "before && this.#position.epoch !== before.epoch",
         "this.#position?.epoch !== before?.epoch"),
    ],
    "test_a_state_that_is_never_quiet_is_complete_some_time": [
        ("never-complete", "chorus.js", "NEVER_QUIET = 20 * QUIET", "NEVER_QUIET = Infinity"),
    ],
    "test_what_is_sent_again_is_to_be_answered_too": [
        ("same-time", "chorus.js", "sentAt >= this.#heardAt", "sentAt > this.#heardAt"),
    ],
    "test_what_others_publish_is_not_repeated_after_a_break": [
        ("old-position", "chorus.js", "        this.#position = { epoch, offset }\n        return true",
         "        this.#position ??= { epoch, offset }\n        return true"),
    ],
    "test_nothing_is_lost_and_nothing_comes_twice": [
        ("twice", "chorus.js", "if (this.#remembered.has(id)) return true", ""),
        ("not-sent-again", "chorus.js", "for (const entry of this.#pending.values()) this.#send(entry)", ""),
        ("nothing-recovered", "chorus.js", 'if (last && !latest) url',
         'if (last && !latest && !this.#position) url'),
        ("frame-lost", "chorus.js", "    #receive(text) {",
         "    #receive(text) {\n        if (Math.random() < .02) return"),
    ],
}  # fmt: skip
_NOTIFICATIONS = {
    "test_the_line_that_is_shown_reaches_the_page": [
        ("not-quoted", "demo.js", '''.replaceAll("'", String.raw`'\\''`)''', ""),
    ],
    "test_a_server_that_wants_a_key": [
        ("no-key", "notifications.js", "Content-Type: application/json'${key} ", "Content-Type: application/json' "),
        ("tries-in-vain", "notifications.js", "if (needsKey) return", "if (!user) return"),
    ],
    "test_what_was_missed_while_offline": [
        ("away-unseen", "notifications.js", "if (item.isAway) away += 1", ""),
    ],
    "test_toasts_cover_nothing_of_use_on_a_telephone": [
        ("toasts-below", "demo.css", ".toasts { position: sticky;",
         ".toasts { position: fixed; height: auto !important;"),
        ("toasts-in-a-heap", "notifications.js", "matches ? 2 : 4", "matches ? 4 : 4"),
        ("toasts-scroll-away", "demo.css", "position: sticky; top: 0;", "position: relative; top: 0;"),
    ],
    "test_the_line_can_be_copied": [("copies-nothing", "notifications.js", "writeText(line)", 'writeText("")')],
    "test_everybody_gets_his_own": [
        ("shared", "notifications.js", "subscribe(`notifications:${user}`", "subscribe(`notifications:barbara`"),
    ],
    "test_what_a_closed_page_missed_arrives_once": [
        ("position-not-kept", "notifications.js", "{ items, position })", "{ items })"),
        ("live-before-the-past", "chorus.js", "if (offset >= edge) this.#live()", "this.#live()"),
        ("first-visit-is-a-return", "notifications.js", "isAway: isPast && wasHere", "isAway: isPast"),
    ],
    "test_what_was_missed_while_the_network_was_away": [
        ("never-away", "notifications.js", 'const isPast = subscription.status.state !== "live"',
         "const isPast = false"),
    ],
    "test_a_restart_is_told_of_and_what_comes_then_arrives": [("gap-untold", "notifications.js", "onGap: missed,", "")],
    "test_two_windows_of_a_user_agree": [
        ("deaf-windows", "notifications.js", 'addEventListener("storage"', 'addEventListener("nothing"'),
    ],
    "test_toasts": [
        ("more-toasts", "notifications.js", "matches ? 2 : 4", "matches ? 2 : 9"),
        ("toasts-stay", "notifications.js", "element.timeLeft -= 250", ""),
        ("escape", "notifications.js", 'event.key !== "Escape"', 'event.key !== "Delete"'),
    ],
    "test_whatever_is_published_is_shown": [
        ("odd-notifications", "notifications.js", "String(data?.title", "String(data.title"),
    ],
    "test_two_hundred_are_kept": [("fewer-kept", "notifications.js", "MOST_KEPT = 200", "MOST_KEPT = 199")],
    "test_sent_from_the_page": [("not-posted", "notifications.js", 'method: "POST"', 'method: "PUT"')],
    "test_three_users_get_simulated_ones": [
        ("nobody", "notifications.js", "subscribe(`notifications:${user}`", "subscribe(`notifications:nobody`"),
    ],
}  # fmt: skip
_SCORES = {
    "test_who_comes_late_sees_how_it_stands_at_once": [("only-changes", "scores.js", "latest: true", "latest: false")],
    "test_the_state_is_complete_before_anything_new_comes": [
        ("live-too-early", "chorus.js", "this.#edge = line.offset", "this.#edge = 0"),
    ],
    "test_then_only_what_changes": [
        ("clock-stands", "scores.js", 'setText(find("minute", card)', 'find("minute", card).textContent ||= (""'),
    ],
    "test_a_goal_is_shown_and_announced": [
        ("no-goal", "scores.js", "if (isSame) showGoals", "if (!game) showGoals"),
        ("no-announcement", "scores.js", 'goals.join(". ")', '""'),
    ],
    "test_whatever_is_published_is_shown_or_skipped": [
        ("no-game", "scores.js", "return isGame && {", "return {"),
        ("without-a-name", "scores.js", "id !== undefined && ", ""),
        ("odd-events", "scores.js", 'events.filter(event => ["home", "away"].includes(event?.side)',
         "events.filter(event => (true)"),
        ("odd-minutes", "scores.js", "&& Number.isFinite(event.minute)", ""),
        ("prototype", "scores.js", "Object.hasOwn(KINDS, kind)", "kind in KINDS"),
    ],
    "test_an_offline_window_catches_up": [
        ("never-stale", "scores.js", "list.dataset.stale =", "list.dataset.fresh ="),
    ],
    "test_goals_scored_meanwhile_are_there_on_return": [
        ("stays-away", "chorus.js", "setTimeout(() => this.#connect(), wait)", "setTimeout(() => {}, wait)"),
    ],
    "test_a_restarted_server_has_other_games": [
        ("teams-of-another-game", "scores.js", 'setText(element.querySelector(".team"), team.name)',
         'element.querySelector(".team").textContent ||= team.name'),
    ],
}  # fmt: skip
_TICKER = {
    "test_every_price_as_it_comes": [
        ("not-drawn", "ticker.js", "for (const symbol of visible) draw(symbol)",
         "for (const symbol of [...visible].slice(0, 299)) draw(symbol)"),
        ("counts-wrong", "reader.js", "news.received += 1", "news.received += 1 + (news.received % 50 === 0)"),
    ],
    "test_a_page_that_is_too_slow_shows_the_newest_prices": [
        ("backlog", "reader.js", "TOO_OLD = 2000", "TOO_OLD = 2000000"),
        ("not-skipped", "reader.js", "news.skipped += Math.max(0, offset - highest - 1)", ""),
        ("flickers", "chorus.js", "if (isQuiet) this.status = status\n        else this.#tell(status)",
         "this.#tell(status)"),
        ("hand-over-uncounted", "ticker.js", "reader.postMessage({ work, position, highest })",
         "reader.postMessage({ work })"),
        ("hoard", "ticker.js", "ticker.received += news.received",
         "ticker.received += news.received; (window.hoard ??= []).push(Array.from({ length: 5000 }, Math.random))"),
    ],
    "test_a_slow_network_brings_the_newest_prices": [
        ("skips-uncounted", "reader.js", "news.skipped += Math.max(0, offset - highest - 1)", ""),
    ],
    "test_a_restarted_server_counts_anew": [
        ("skips-what-never-was", "reader.js", "    highest = offset\n", "    highest = offset - 5000\n"),
    ],
    "test_what_came_during_a_cut_is_skipped": [
        ("cut-uncounted", "reader.js", "news.skipped += Math.max(0, offset - highest - 1)", "news.skipped += 1"),
    ],
    "test_a_telephone_in_a_tunnel": [
        ("offline-unnoticed", "chorus.js", 'addEventListener?.("offline"', 'addEventListener?.("nothing"'),
        ("offline-untold", "ticker.js", "reader.postMessage({ event })", "void 0"),
    ],
    "test_what_others_publish_is_shown": [
        ("only-p", "reader.js", "numberIn(data?.p ?? data?.price ?? data)", "data?.p"),
        ("odd-prices", "reader.js", "data?.p ?? data?.price ?? data", "data.p ?? data.price ?? data"),
        ("no-open", "ticker.js", "o ?? (symbol.open || p)", "o"),
    ],
    "test_without_the_feed_it_shows_what_is_published": [
        ("always-simulated", "demo.js", "server?.demo_feed !== false", "true"),
    ],
    "test_filter_and_order": [
        ("order", "ticker.js", "rise: (one, other) => changeOf(other) - changeOf(one)",
         "rise: (one, other) => changeOf(one) - changeOf(other)"),
        ("filter", "ticker.js", ".toUpperCase().includes(wanted)", ".includes('')"),
    ],
}  # fmt: skip
_FRONT = {
    "test_it_says_what_is_running": [("counts-topics", "front.js", "count(server.connected", "count(server.topics")],
    "test_a_server_without_demos": [("demos-that-are-not", "front.js", "hidden = !server.demo", "hidden = false")],
    "test_two_windows_and_other_programs_talk": [
        ("all-mine", "front.js", "JSON.stringify(data), mine)", "JSON.stringify(data), true)"),
        ("an-object", "front.js", "JSON.stringify(data), mine", "String(data), mine"),
    ],
    "test_the_lines_that_are_shown_work[websocat]": [("wrong-websocat", "front.js", "`websocat ", "`websocat -u ")],
    "test_the_line_for_swift_is_one_that_is_compiled": [
        ("wrong-swift", "front.js", "for try await event", "for await event"),
    ],
    "test_the_lines_that_are_shown_work[curl]": [("wrong-curl", "front.js", "`curl -X POST ", "`curl -X PUT ")],
    "test_the_lines_that_are_shown_work[Python]": [("wrong-python", "front.js", "-m websockets", "-m websocket")],
    "test_the_lines_that_are_shown_work[JavaScript]": [("wrong-js", "front.js", ").onmessage", ").onmesage")],
    "test_the_lines_that_are_shown_work[chorus]": [
        ("wrong-chorus", "front.js", "chorus subscribe lobby", "chorus subscribe x"),
    ],
    "test_the_lines_can_be_copied": [("copies-nothing-here", "front.js", "writeText(line)", 'writeText("")')],
    "test_what_is_written_meanwhile_is_sent": [
        ("written-in-vain", "chorus.js", "for (const entry of this.#pending.values()) this.#send(entry)", ""),
    ],
    "test_it_survives_a_restart": [
        ("gone-for-good", "chorus.js", "setTimeout(() => this.#connect(), wait)", "setTimeout(() => {}, wait)"),
    ],
    "test_publishing_that_is_not_allowed": [
        ("refused-in-silence", "front.js", "onRefused:", "onNothing:"),
        ("promises-too-much", "front.js", 'find("shows-up").hidden = ', 'find("shows-up").hidden = false && '),
    ],
    "test_an_offline_window_says_what_it_has_missed": [("missed-in-silence", "front.js", "onGap:", "onNothing:")],
    "test_it_says_what_is_simulated[scores]": [
        ("unsaid", "demo.js", 'find("simulated").hidden = !isSimulated', 'find("simulated").hidden = true'),
    ],
    "test_it_says_what_is_simulated[ticker]": [
        ("no-line", "demo.js", 'find("source").hidden = isSimulated', 'find("source").hidden = true'),
    ],
    "test_it_says_what_is_simulated[notifications]": [
        ("wrong-line", "notifications.js", "chorus publish ${shellQuoted(example.channel)}", "chorus publish ${user}"),
    ],
    "test_a_hundred_lines_are_kept": [("more-lines", "front.js", "MOST_LINES = 100", "MOST_LINES = 101")],
}  # fmt: skip
_ACCESSIBILITY = {
    "test_axe_finds_nothing[front-light]": [("pale", "demo.css", "--muted: #5d586c", "--muted: #8f8b99")],
    "test_axe_finds_nothing[scores-dark]": [("gloomy", "demo.css", "--muted: #aaa5b9", "--muted: #6a6676")],
    "test_axe_finds_nothing[chat-light]": [
        ("no-label", "chat.html", 'class="visually-hidden" for="text"', 'for="nothing" hidden'),
    ],
    "test_nothing_sticks_out_of_a_narrow_window[front]": [
        ("wide-code", "demo.css", "    white-space: pre-wrap;\n    overflow-wrap: anywhere;\n}\n.command-buttons",
         "    white-space: pre; width: 40rem;\n}\n.command-buttons"),
    ],
    "test_the_keyboard_reaches_everything[notifications]": [
        ("invisible-focus", "demo.css", "outline: 3px solid var(--accent)", "outline: none"),
    ],
    "test_the_keyboard_reaches_everything[front]": [
        ("unreachable", "front.html", "<button type", "<button tabindex=-1 type"),
    ],
    "test_the_skip_link_skips[ticker]": [("skips-nowhere", "ticker.html", 'href="#main"', 'href="#nowhere"')],
    "test_landmarks_and_names[scores]": [("no-main", "scores.html", '<main id="main"', '<main role="group" id="main"')],
    "test_a_screen_reader_is_told_once_that_the_connection_is_away": [
        ("told-again-and-again", "demo.js", '"Disconnected. It comes back by itself."',
         "`Disconnected, ${attempt} times.`"),
    ],
    "test_who_wants_no_motion_gets_none": [
        ("moves-for-all", "demo.css", "    .toast { animation", "}\n@media all {\n    .toast { animation"),
    ],
    "test_the_ticker_is_drawn_in_the_colours_of_the_scheme": [
        ("colours-of-before", "ticker.js", '"change", redraw)', '"change", readColours)'),
    ],
    "test_the_figures_of_the_ticker_agree": [
        ("better-than-the-worst", "ticker.js", "worst = Math.max(worst, lag)", "worst = Math.max(worst, 0)"),
    ],
    "test_a_room_of_the_chat_with_the_keyboard_alone": [
        ("not-focused", "chat.js", "    text.focus({ preventScroll: true })\n    if (chat", "    if (chat"),
    ],
}  # fmt: skip

MUTATIONS = [
    Mutation(*mutation, test=f"{file}::{test}")
    for file, tests in {
        "test_chat.py": _CHAT, "test_notifications.py": _NOTIFICATIONS, "test_scores.py": _SCORES,
        "test_ticker.py": _TICKER, "test_front.py": _FRONT, "test_accessibility.py": _ACCESSIBILITY,
    }.items()
    for test, mutations in tests.items()
    for mutation in mutations
]  # fmt: skip

if __name__ == "__main__":
    # their names and tests, if they fit the pages of the work tree
    folder = Path(__file__).resolve().parents[2] / "Sources/ChorusDemo/Pages"
    names = [mutation.name for mutation in MUTATIONS]
    assert len(names) == len(set(names)), "two of the same name"
    for mutation in MUTATIONS:
        mutation.apply((folder / mutation.file).read_text())
    for mutation in MUTATIONS:
        print(f"{mutation.name}\t{mutation.test}")
