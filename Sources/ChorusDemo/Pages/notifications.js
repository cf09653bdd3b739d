/*
 * The notifications of a user: the topic notifications:USER, whose messages are
 * {"title": "…", "text": "…", "level": "info" | "success" | "warning" | "error"} or a mere text.
 */
import { subscribe } from "./chorus.js"
import {
    ago, askServer, count, find, make, query, setText, shellQuoted, showSource, statusLine, store,
    tidyName, timeElement,
} from "./demo.js"

const MOST_KEPT = 200
const LEVELS = { info: "Info", success: "Success", warning: "Warning", error: "Error" }
const SIMULATED = ["ada", "grace", "linus"]

const user = tidyName(query.get("user")) || store.get("notifications-user", "ada")
store.set("notifications-user", user)
const storeKey = `notifications:${user}`

/* Whose */

const others = store.get("notifications-others", []).filter(name => name !== user)
if (!SIMULATED.includes(user)) others.unshift(user)
store.set("notifications-others", others.slice(0, 6))
const users = [...SIMULATED, ...others.slice(0, 6).sort()]

function addressOf(name) {
    return `?${new URLSearchParams({ user: name })}`
}

find("users").append(...users.map(name => make("li", {}, make("a", {
    href: addressOf(name), "aria-current": name === user && "page",
}, name))))
setText(find("user"), `For ${user}`)
find("user-form").addEventListener("submit", event => {
    event.preventDefault()
    const name = tidyName(event.target.elements["other-user"].value)
    if (name) location.search = addressOf(name)
})

/* The lines that reach this page */

const example = { channel: `notifications:${user}`, data: { title: "Hello", text: "from curl" } }
const publishURL = new URL("/api/publish", location.href).href
let needsKey = false
let line
showLines()
askServer().then(showLines)

function showLines(server) {
    needsKey = server?.api?.includes("key") ?? false
    const key = needsKey ? ` -H "X-API-Key: $CHORUS_API_KEY"` : ""
    line = `curl -X POST ${publishURL} -H 'Content-Type: application/json'${key} `
        + `-d ${shellQuoted(JSON.stringify(example))}`
    setText(find("curl"), line)
    const data = JSON.stringify({ title: "Hello", text: "from chorus" })
    showSource(server, `chorus publish ${shellQuoted(example.channel)} ${shellQuoted(data)} --json `
        + `--url ${location.origin}`)
}

find("copy").addEventListener("click", async () => {
    try {
        await navigator.clipboard.writeText(line)
        noteOfCommand("Copied")
    } catch {
        // pages without TLS may not write to the clipboard
        getSelection().selectAllChildren(find("curl"))
        const isCopied = document.execCommand("copy")
        noteOfCommand(isCopied ? "Copied" : "Selected: copy it with the keyboard")
    }
})

find("send").addEventListener("click", async () => {
    if (needsKey) return noteOfCommand("Not sent: this server wants a key, which no page may have")
    const data = { title: "Hello", text: "from this page", level: pick(Object.keys(LEVELS)) }
    try {
        const answer = await fetch(publishURL, {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ ...example, data }),
        })
        noteOfCommand(answer.ok ? "Sent" : `Not sent: the server answered ${answer.status}`)
    } catch {
        noteOfCommand("Not sent: the server cannot be reached")
    }
})

function pick(values) {
    return values[Math.floor(Math.random() * values.length)]
}

let noteEnds
function noteOfCommand(text) {
    setText(find("command-note"), text)
    clearTimeout(noteEnds)
    noteEnds = setTimeout(() => setText(find("command-note"), ""), 5000)
}

/* The list: kept with the position up to which it is complete, so that a reload misses nothing */

let { items, position } = kept()

function kept() {
    const { items = [], position } = store.get(storeKey, {})
    return { items, position }
}

function keep() {
    store.set(storeKey, { items, position })
}

// another window of the same user has read something, or got it first
addEventListener("storage", event => {
    if (event.key !== `chorus.${storeKey}`) return
    items = kept().items
    showAll()
})

/** Who was never here was not away. */
let wasHere = position !== undefined
let away = 0

const showStatus = statusLine(find("status"))
const subscription = subscribe(`notifications:${user}`, {
    since: position,
    last: 20,
    onMessage: received,
    onGap: missed,
    onStatus(status) {
        showStatus(status)
        if (status.state !== "live") return
        position = subscription.position
        keep()
        wasHere = true
        tellOfAway()
    },
})

function received(message) {
    const isPast = subscription.status.state !== "live"
    const { data } = message
    const item = {
        key: message.epoch ? `${message.epoch}:${message.offset}` : `${message.time}`,
        title: typeof data === "string" ? data : String(data?.title ?? "Notification"),
        text: typeof data === "string" ? "" : String(data?.text ?? ""),
        level: Object.hasOwn(LEVELS, data?.level ?? "") ? data.level : "info",
        time: message.time ?? Date.now(),
        isRead: false,
        isAway: isPast && wasHere,
    }
    position = subscription.position
    if (!items.some(({ key }) => key === item.key)) {
        items.unshift(item)
        items.length = Math.min(items.length, MOST_KEPT)
        if (item.isAway) away += 1
        show(item)
    }
    keep()
    if (!isPast) toast(item)
}

function tellOfAway() {
    if (away === 0) return
    toast({
        title: `${count(away, "notification")} while you were away`,
        text: "", level: "info",
    })
    away = 0
}

function missed({ restarted }) {
    setText(find("gap"), restarted
        ? "The server was restarted: some notifications from before may have been missed."
        : "Some notifications were missed: you were away for longer than they are kept.")
}

/* Showing */

const list = find("list")

function rowOf(item) {
    const row = make("li", {
        class: "notification", "data-testid": "notification",
        "data-level": item.level, "data-key": item.key,
    },
    make("p", { class: "notification-head" },
        make("span", { class: "level" }, LEVELS[item.level]),
        item.isAway
            ? make("span", { class: "tag", "data-testid": "away" }, "while you were away")
            : null,
        timeElement(item.time, ago(item.time))),
    make("p", { class: "title", "data-testid": "title" }, item.title),
    item.text ? make("p", { class: "words", "data-testid": "words" }, item.text) : null,
    make("button", { type: "button", class: "link", "data-testid": "read" }))
    showRead(row, item)
    return row
}

function showRead(row, { isRead, title }) {
    row.dataset.read = String(isRead)
    const button = find("read", row)
    setText(button, isRead ? "Mark unread" : "Mark read")
    button.setAttribute("aria-label", `${button.textContent}: ${title}`)
}

function show(item) {
    list.prepend(rowOf(item))
    while (list.childElementCount > items.length) list.lastElementChild.remove()
    showCounts()
}

function showAll() {
    list.replaceChildren(...items.map(rowOf))
    showCounts()
}

function showCounts() {
    const unread = items.filter(({ isRead }) => !isRead).length
    setText(find("unread"), `${unread} unread`)
    find("unread").hidden = unread === 0
    find("empty").hidden = items.length > 0
    // not disabled, as that would throw away the keyboard's focus
    find("read-all").setAttribute("aria-disabled", String(unread === 0))
    find("clear").setAttribute("aria-disabled", String(items.length === 0))
    document.title = `${unread > 0 ? `(${unread}) ` : ""}Notifications – Chorus`
}

function change(action) {
    action()
    keep()
    showCounts()
}

list.addEventListener("click", event => {
    const row = event.target.closest("button") && event.target.closest("li")
    const item = row && items.find(({ key }) => key === row.dataset.key)
    if (!item) return
    change(() => {
        item.isRead = !item.isRead
        showRead(row, item)
    })
})
find("read-all").addEventListener("click", () => change(() => {
    for (const item of items) item.isRead = true
    showAll()
}))
find("clear").addEventListener("click", () => change(() => {
    items = []
    setText(find("gap"), "")
    showAll()
}))

// only the words "3 min ago" change
setInterval(() => {
    for (const time of list.querySelectorAll("time")) setText(time, ago(Date.parse(time.dateTime)))
}, 30_000)

/* Toasts: they go by themselves, but never while somebody is reading one */

const TOAST_TIME = 6000
// on a telephone so many that they cover nothing but the introduction
const MOST_TOASTS = matchMedia("(max-width: 30rem)").matches ? 2 : 4
const toasts = find("toasts")

function toast({ title, text, level }) {
    const button = make("button", {
        type: "button", class: "dismiss", "aria-label": `Dismiss: ${title}`,
    }, "×")
    const element = make("div", { class: "toast", "data-testid": "toast", "data-level": level },
        make("p", { class: "toast-text" },
            make("span", { class: "level" }, LEVELS[level]), " ",
            make("strong", {}, title), text ? ` ${text}` : ""),
        button)
    element.timeLeft = TOAST_TIME
    button.addEventListener("click", () => dismiss(element))
    find(level === "error" ? "toasts-urgent" : "toasts-calm").append(element)
    // errors stay longest
    const shown = [...find("toasts-calm").children, ...find("toasts-urgent").children]
    if (shown.length > MOST_TOASTS) dismiss(shown[0])
}

function dismiss(element) {
    const hadFocus = element.contains(document.activeElement)
    element.remove()
    if (!hadFocus) return
    // whoever goes through them with the keyboard is not thrown back to the top of the page
    const next = toasts.querySelector("button")
    if (next) next.focus()
    else document.querySelector("main").focus()
}

setInterval(() => {
    const isRead = document.hidden || toasts.matches(":hover")
        || toasts.contains(document.activeElement)
    toasts.dataset.paused = String(isRead)
    if (isRead) return
    for (const element of toasts.querySelectorAll(".toast")) {
        element.timeLeft -= 250
        if (element.timeLeft <= 0) dismiss(element)
    }
}, 250)

document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return
    const shown = [...toasts.querySelectorAll(".toast")]
    const focused = shown.find(element => element.contains(document.activeElement))
    if (shown.length > 0) dismiss(focused ?? shown.at(-1))
})

showAll()
