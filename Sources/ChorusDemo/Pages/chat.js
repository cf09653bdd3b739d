/*
 * A room of the chat: the topic chat:ROOM, whose messages are {"text": "…"}.
 */
import { subscribe } from "./chorus.js"
import {
    count, find, hueOf, make, query, setText, statusLine, store, tidyName, timeElement,
} from "./demo.js"

const MOST_ENTRIES = 500 // on the page; the topic keeps its own number
const GROUPED_FOR = 5 * 60_000 // messages of one author within this stand under one name
const FLOOD = 8 // more messages in two seconds than anybody could listen to

const room = tidyName(query.get("room")) || "lobby"
const log = find("messages")
const entries = find("entries")
const waiting = find("pending")
const text = find("text")
let chat

/* Rooms */

const rooms = [...new Set(["lobby", "random", "help", ...store.get("rooms", []), room])]
store.set("rooms", rooms.slice(3).slice(-9))

/** The address of a room, for the one who is here under a name of this address too. */
function addressOf(name) {
    const parameters = new URLSearchParams({ room: name })
    if (query.has("name")) parameters.set("name", query.get("name"))
    return `?${parameters}`
}

find("rooms").append(...rooms.map(name => make("li", {}, make("a", {
    href: addressOf(name), "aria-current": name === room && "page",
}, `# ${name}`))))
setText(find("room"), `# ${room}`)
find("rooms").querySelector("[aria-current]").scrollIntoView({ block: "nearest", inline: "center" })
find("room-form").addEventListener("submit", event => {
    event.preventDefault()
    const name = tidyName(event.target.elements.room.value)
    if (name) location.search = addressOf(name)
})

/* Names: the one of the address is not stored, so two windows can be two people */

let me = tidyName(query.get("name")) || store.get("name", "")

function nameOf(member) {
    return member?.info?.name ?? member?.user ?? (member ? "Somebody" : "Chorus")
}

function askForName() {
    showNaming(true)
    const field = find("name")
    field.value = me
    field.focus()
    field.select()
}

find("change-name").addEventListener("click", askForName)
find("name-form").addEventListener("submit", event => {
    event.preventDefault()
    const name = tidyName(find("name").value)
    if (!name) return
    const isNew = name !== me
    me = name
    if (!query.has("name")) store.set("name", me)
    enter(isNew)
})

find("name-form").addEventListener("keydown", event => {
    if (event.key === "Escape" && chat) enter(false)
})

function showNaming(isAsked) {
    find("name-form").hidden = !isAsked
    find("composer").hidden = isAsked
    // who has no name yet has nothing to read either
    log.parentElement.hidden = !me
    find("conversation").classList.toggle("unnamed", !me)
}

function enter(isNewName) {
    showNaming(false)
    setText(find("me"), me)
    text.focus({ preventScroll: true })
    if (chat && isNewName) return chat.rename(me)
    chat ??= subscribe(`chat:${room}`, {
        last: 50,
        name: me,
        onMessage: received,
        onNotice: noticed,
        onGap: missed,
        onRefused: refused,
        onStatus,
    })
}

/* Messages */

const showStatus = statusLine(find("status"))
let wasLive = false
/** How many messages have come that were missed. */
let missedMessages = 0

function onStatus(status) {
    showStatus(status)
    const isLive = status.state === "live"
    wasLive ||= isLive
    if (isLive && missedMessages > 0) {
        setText(find("note"), `${count(missedMessages, "message")} came while you were away`)
        missedMessages = 0
    }
    // the past is there to be read, and is not read out
    log.setAttribute("aria-live", isLive ? "polite" : "off")
    find("empty").hidden = !isLive || entries.childElementCount > 0
    find("people").dataset.stale = String(!isLive)
    if (status.state !== "closed") return
    for (const item of waiting.children) item.dataset.state = "refused"
}

function textOf(data) {
    if (typeof data === "string") return data
    return typeof data?.text === "string" ? data.text : JSON.stringify(data)
}

/** Whose the messages at the end are, and since when: these need no name. */
let group = { author: null, time: 0 }

function received(message) {
    const isLive = chat.status.state === "live"
    const words = textOf(message.data)
    const time = message.time ?? Date.now()
    const author = nameOf(message.from)
    const id = message.from?.id ?? author
    pendingOf(message.id)?.remove()

    const isFirst = group.author !== id || time - group.time > GROUPED_FOR
    group = { author: id, time }
    append(make("li", {
        class: `message${isFirst ? " first" : ""}${message.mine ? " mine" : ""}`,
        "data-testid": "message",
        "data-hue": hueOf(author),
    },
    // every message has its author for those who listen; the eye needs him once
    make("p", { class: isFirst ? "author" : "author visually-hidden" },
        make("span", { class: "avatar", "aria-hidden": "true" }, initialsOf(author)),
        make("span", { class: "name", "data-testid": "author" },
            message.mine ? `${author} (you)` : author),
        " ", timeElement(time)),
    make("p", { class: "words", "data-testid": "words", title: timeElement(time).title }, words)),
    wasLive && !message.mine)
    if (message.mine) return
    if (isLive) holdBackFloods()
    else if (wasLive) missedMessages += 1
}

function initialsOf(name) {
    const words = name.split(/[\s_-]+/).filter(Boolean)
    const named = words.length > 1 ? [words[0], words.at(-1)] : [name]
    return named.map(word => [...word][0]).join("").toUpperCase()
}

/** Appends to the log, and marks where the reader left off if he is not looking. */
function append(entry, isNews) {
    const wasAtEnd = isAtEnd()
    if (isNews && (document.hidden || !wasAtEnd)) {
        if (unread === 0) placeMarker()
        unread += 1
    }
    entries.append(entry)
    while (entries.childElementCount > MOST_ENTRIES) entries.firstElementChild.remove()
    find("empty").hidden = true
    if (wasAtEnd && !document.hidden) scrollToEnd()
    showUnread()
}

let recent = 0

/** Somebody who listens to a flood hears nothing; he is told that there is one. */
function holdBackFloods() {
    recent += 1
    if (recent === FLOOD) {
        log.setAttribute("aria-live", "off")
        setText(find("note"), "")
    }
    setTimeout(() => {
        recent -= 1
        if (recent > 0 || log.getAttribute("aria-live") === "polite") return
        if (chat.status.state === "live") log.setAttribute("aria-live", "polite")
        setText(find("note"), "Many messages have come at once")
    }, 2000)
}

/* What was published and has not come back */

find("composer").addEventListener("submit", event => {
    event.preventDefault()
    send(text.value)
})
text.addEventListener("keydown", event => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    send(text.value)
})
text.addEventListener("input", fitText)

function send(written) {
    const words = written.trim()
    if (!words) return
    try {
        const id = chat.publish({ text: words })
        waiting.append(make("li", {
            class: "message mine", "data-testid": "pending-message", "data-id": id,
        },
        make("p", { class: "words" }, words),
        make("p", { class: "fate" }, "not confirmed yet")))
    } catch (error) {
        return setText(find("problem"), `Not sent: ${error.message}.`)
    }
    setText(find("problem"), "")
    text.value = ""
    fitText()
    forgetMarker()
    scrollToEnd()
}

function pendingOf(id) {
    return [...waiting.children].find(item => item.dataset.id === id)
}

function refused({ id, value, reason }) {
    const item = pendingOf(id)
    if (!item) return
    item.dataset.state = "refused"
    setText(item.querySelector(".fate"), `not published: ${reason} `)
    const edit = make("button", { type: "button", class: "link" }, "Edit")
    edit.addEventListener("click", () => {
        item.remove()
        text.value = value.text
        fitText()
        text.focus()
    })
    item.querySelector(".fate").append(edit)
    setText(find("problem"), `Not published: ${reason}.`)
    scrollToEnd()
}

/** As high as what is written, up to what the style allows. */
function fitText() {
    text.rows = Math.min(6, text.value.split("\n").length)
}

/* Who is here: by identifier, as a notice may tell again what is known */

const members = new Map()
/** How presence has called this page, before and after every break. */
const sessions = new Set()

function noticed(notice) {
    const isMe = member => member.id === chat.session
    sessions.add(chat.session)
    switch (notice.notice) {
    case "presence":
        members.clear()
        for (const member of notice.members ?? []) members.set(member.id, member)
        break
    case "join": {
        const come = notice.members.filter(member => !members.has(member.id))
        for (const member of notice.members) members.set(member.id, member)
        mention(come, "came in")
        break
    }
    case "leave": {
        const gone = notice.members.filter(member => members.delete(member.id))
        mention(gone, "left")
        break
    }
    default:
        return
    }
    showMembers(notice, isMe)
}

function showMembers({ notice, members: told, sessions }, isMe) {
    // of many only the number is told, until a notice tells their names again
    if (notice === "presence") find("people-note").hidden = told !== undefined
    const onlyNumbers = !find("people-note").hidden
    setText(find("people-count"), sessions)
    setText(find("people-note"), `${count(sessions, "person", "people")}: too many to name them.`)
    const names = onlyNumbers ? [] : [...members.values()]
    names.sort((one, other) => isMe(other) - isMe(one) || nameOf(one).localeCompare(nameOf(other)))
    find("members").replaceChildren(...names.map(member => make("li", {
        "data-testid": "member", "data-id": member.id, "data-hue": hueOf(nameOf(member)),
    },
    make("span", { class: "avatar", "aria-hidden": "true" }, initialsOf(nameOf(member))),
    make("span", { class: "name" }, isMe(member) ? `${nameOf(member)} (you)` : nameOf(member)))))
}

/** A quiet line; those who come and go at the same time share one. */
function mention(people, what) {
    const others = people.filter(({ id }) => !sessions.has(id))
    if (others.length === 0 || chat.status.state !== "live") return
    const who = others.length > 4 ? count(others.length, "person", "people")
        : new Intl.ListFormat("en").format(others.map(nameOf))
    const last = entries.lastElementChild
    const parts = last?.parts ?? []
    parts.push(`${who} ${what}`)
    const entry = make("li", { class: "mention", "aria-live": "off", "data-testid": "mention" },
        parts.slice(-4).join(" · "))
    entry.parts = parts.slice(-4)
    if (last?.parts) last.remove()
    group.author = null
    append(entry, false)
}

function missed({ restarted }) {
    group.author = null
    append(make("li", { class: "mention lost", "data-testid": "gap" }, restarted
        ? "The server was restarted and has forgotten what was said before."
        : "Some messages are missing here: more was said than is kept."), false)
}

/* Where the reader is */

let unread = 0
let wasAtEndWhenHidden = true

function isAtEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < 48
}

function scrollToEnd() {
    log.scrollTop = log.scrollHeight
}

function placeMarker() {
    forgetMarker()
    entries.append(make("li", { class: "marker", "data-testid": "unread-marker" },
        make("span", {}, "New messages")))
    group.author = null
}

function forgetMarker() {
    find("unread-marker", entries)?.remove()
}

function showUnread() {
    const isThere = isAtEnd()
    if (isThere && !document.hidden) unread = 0
    document.title = `${unread > 0 ? `(${unread}) ` : ""}#${room} – Chorus chat`
    const jump = find("jump")
    jump.hidden = isThere
    setText(jump, unread > 0 ? count(unread, "new message") : "Jump to newest")
}

log.addEventListener("scroll", showUnread, { passive: true })
new ResizeObserver(() => {
    // a keyboard on a telephone takes half of the window; the end stays where it was
    if (wasAtEnd) scrollToEnd()
    showUnread()
}).observe(log)
let wasAtEnd = true
log.addEventListener("scroll", () => { wasAtEnd = isAtEnd() }, { passive: true })
find("jump").addEventListener("click", () => {
    scrollToEnd()
    text.focus({ preventScroll: true })
})
document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
        wasAtEndWhenHidden = isAtEnd()
    } else if (wasAtEndWhenHidden) {
        const marker = unread > 0 && find("unread-marker", entries)
        if (marker) marker.scrollIntoView({ block: "start" })
        else scrollToEnd()
    }
    showUnread()
})

// on a telephone the conversation comes first
find("people").open = matchMedia("(min-width: 60rem)").matches
document.title = `#${room} – Chorus chat`
if (me) {
    enter(false)
} else {
    find("status").dataset.state = "waiting"
    setText(find("status"), "Not connected: choose a name first")
    askForName()
}
