/*
 * The first page: what is running here, how to reach it, and a box to try it.
 */
import { subscribe } from "./chorus.js"
import { askServer, count, find, make, setText, statusLine } from "./demo.js"

const REFRESH = 5_000
const MOST_LINES = 100

const page = `${location.protocol}//${location.host}`
const socket = page.replace("http", "ws")

// What is running

async function refresh() {
    const server = await askServer()
    if (server) show(server)
}

function show(server) {
    setText(find("version"), server.version)
    setText(find("connected"), `${count(server.connected, "connection")}`)
    setText(find("uptime"), duration(server.uptime))
    find("shows-up").hidden = !/^everywhere|^to (.*, )?lobby(,|$)/.test(server.publishing)
    setText(find("publishing"), `Clients may publish ${server.publishing}.`)
    setText(find("api"), server.api ? `The HTTP API is ${server.api}.` : "There is no HTTP API here.")
    find("demos").hidden = !server.demo
    const places = find("places")
    if (!places.childElementCount) places.replaceChildren(...placesOf(server).map(row))
    const ways = find("ways")
    if (!ways.childElementCount) ways.replaceChildren(...waysOf(server).flatMap(way))
}

function duration(seconds) {
    if (seconds < 60) return count(seconds, "second")
    if (seconds < 3600) return count(Math.floor(seconds / 60), "minute")
    if (seconds < 48 * 3600) return count(Math.floor(seconds / 3600), "hour")
    return count(Math.floor(seconds / 86400), "day")
}

function placesOf(server) {
    return [
        [`${socket}/ws`, "everybody: a text that one sends reaches all as “Message: …”"],
        [`${socket}/ws/{topic}`, "one topic, relayed unchanged"],
        server.echo && [`${socket}/echo`, "back to the sender"],
        server.api && [`${page}/api/publish`, "for backends: publish, broadcast, history, presence, info, batch"],
        [`${page}/health`, "whether it is running"],
    ].filter(Boolean)
}

function row([address, meaning]) {
    return make("tr", {}, make("td", {}, make("code", {}, address)), make("td", {}, meaning))
}

// Ways to reach it

function waysOf(server) {
    const key = server.api?.includes("key") ? ` -H "X-API-Key: $CHORUS_API_KEY"` : ""
    return [
        ["websocat", `websocat ${socket}/ws`],
        server.api && ["curl", `curl -X POST ${page}/api/publish -H 'Content-Type: application/json'${key} `
            + `-d '{"channel":"lobby","data":"hi from curl"}'`],
        ["chorus", `chorus subscribe lobby --url ${page}`],
        ["Python", `python3 -m websockets ${socket}/ws`, "pip install websockets"],
        ["JavaScript", `new WebSocket("${socket}/ws").onmessage = event => console.log(event.data)`],
        ["Swift", `for try await event in TopicSubscription(to: "lobby", at: "${page}") { print(event) }`],
    ].filter(Boolean)
}

function way([name, line, needs]) {
    const button = make("button", { type: "button", "aria-label": `Copy the line for ${name}` }, "Copy")
    button.addEventListener("click", () => copy(line, button))
    return [
        make("dt", {}, make("span", {}, name), needs && make("small", {}, ` needs ${needs}`)),
        make("dd", {}, make("pre", { tabindex: "0" }, make("code", {}, line)), button),
    ]
}

async function copy(line, button) {
    try {
        await navigator.clipboard.writeText(line)
        setText(button, "Copied")
    } catch {
        // without TLS or permission: the line is selected, and the keyboard copies it
        getSelection().selectAllChildren(button.previousElementSibling)
        setText(button, "Selected")
    }
    setTimeout(() => setText(button, "Copy"), 2_000)
}

// The box

const messages = find("messages")
const lines = find("lines")
const problem = find("problem")
const showStatus = statusLine(find("status"))
const lobby = subscribe("lobby", {
    onStatus: status => {
        showStatus(status)
        if (status.state === "live") refresh()
    },
    onMessage: ({ data, mine }) => add(typeof data === "string" ? data : JSON.stringify(data), mine),
    onGap: () => add("What was said meanwhile is not kept here.", false, "lost"),
    onRefused: ({ reason }) => setText(problem, `Not published: ${reason}.`),
})

function add(text, mine, kind = "") {
    const wasAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 40
    lines.append(make("li", { class: `${kind}${mine ? " mine" : ""}`.trim() || undefined }, text))
    while (lines.childElementCount > MOST_LINES) lines.firstElementChild.remove()
    if (wasAtEnd) messages.scrollTop = messages.scrollHeight
}

find("write").addEventListener("submit", event => {
    event.preventDefault()
    const field = find("text")
    const text = field.value.trim()
    if (!text) return
    try {
        lobby.publishText(text)
        field.value = ""
        setText(problem, "")
    } catch (error) {
        setText(problem, error.message)
    }
})

refresh()
setInterval(() => { if (document.visibilityState === "visible") refresh() }, REFRESH)
document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") refresh()
})
