/*
 * What the demo pages have in common. Nothing here is needed to use Chorus: that is chorus.js.
 */

/** What the page's address asks for. */
export const query = new URLSearchParams(location.search)

/** An element with properties, and children that are elements or texts. */
export function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(properties)) {
        if (value === undefined || value === false) continue
        if (name === "class") element.className = value
        else if (name in element && typeof value !== "string") element[name] = value
        else element.setAttribute(name, value === true ? "" : value)
    }
    element.append(...children.filter(child => child !== null && child !== undefined))
    return element
}

/** The element with this data-testid. */
export function find(name, root = document) {
    return root.querySelector(`[data-testid="${name}"]`)
}

/** Changes a text only where it differs, so that nothing is announced or laid out twice. */
export function setText(element, text) {
    if (element.textContent !== String(text)) element.textContent = text
}

/** What the browser keeps for this site, where it may keep anything. */
export const store = {
    get(key, otherwise) {
        try {
            return JSON.parse(localStorage.getItem(`chorus.${key}`)) ?? otherwise
        } catch {
            return otherwise
        }
    },
    set(key, value) {
        try {
            localStorage.setItem(`chorus.${key}`, JSON.stringify(value))
        } catch { /* private windows and full disks: the demo goes on without */ }
    },
}

/** What the server says of itself at `/`; nothing where it does not, as in a program of your own. */
export async function askServer() {
    try {
        const answer = await fetch("/", { headers: { Accept: "application/json" }, cache: "no-store" })
        return await answer.json()
    } catch { /* if it is away, the status line says it */ }
}

/** Where nothing is simulated: the line that publishes something, in place of the word. */
export function showSource(server, line) {
    const isSimulated = server?.demo_feed !== false
    find("simulated").hidden = !isSimulated
    find("source").hidden = isSimulated
    setText(find("source-line"), line)
}

/** A text as a shell takes it. */
export function shellQuoted(text) {
    return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * Shows the state of a subscription in a line with role=status, and returns its `onStatus`.
 *
 * While it is away the words stay the same from attempt to attempt, so that a screen reader says
 * them once; the seconds are only for the eye.
 */
export function statusLine(line) {
    const words = make("span")
    const seconds = make("span", { class: "status-detail", "aria-hidden": "true" })
    let current
    let wasLive = false
    const show = () => {
        const { state, attempt, retryAt } = current
        line.dataset.state = state
        setText(words, sentence(current, wasLive))
        const left = Math.ceil((retryAt - Date.now()) / 1000)
        if (state === "offline") setText(seconds, left > 0 ? `next try in ${left} s` : "")
        else setText(seconds, state === "connecting" && attempt > 1 ? "trying now" : "")
    }
    setInterval(() => { if (current?.state === "offline") show() }, 1000)
    return status => {
        if (!current) line.replaceChildren(words, " ", seconds)
        current = status
        wasLive ||= status.state === "live"
        show()
    }
}

function sentence({ state, attempt, reason }, wasLive) {
    if (state === "live") return "Connected"
    if (state === "closed") return `Closed: ${reason}. Reload the page to come back.`
    if (reason === "offline") return "You are offline. It comes back by itself."
    if (wasLive && attempt <= 5) return "Disconnected. It comes back by itself."
    if (attempt > 1 || state === "offline") return "Cannot connect. It keeps trying by itself."
    return "Connecting…"
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" })

/** The time of day, with the date if that is another day. */
export function timeOf(milliseconds) {
    const date = new Date(milliseconds)
    const isToday = date.toDateString() === new Date().toDateString()
    return (isToday ? clock : day).format(date)
}

/** A <time>, for machines too. */
export function timeElement(milliseconds, text = timeOf(milliseconds)) {
    const date = new Date(milliseconds)
    return make("time", { datetime: date.toISOString(), title: day.format(date) }, text)
}

/** How long ago that was, in words. */
export function ago(milliseconds) {
    const minutes = Math.floor((Date.now() - milliseconds) / 60_000)
    if (minutes < 1) return "just now"
    if (minutes < 60) return `${minutes} min ago`
    if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`
    return timeOf(milliseconds)
}

/** A name as the server takes it: at most 100 bytes, without the space around it. */
export function tidyName(name) {
    let tidy = (name ?? "").replace(/[\s\p{Cc}]+/gu, " ").trim()
    while (new TextEncoder().encode(tidy).length > 100) tidy = [...tidy].slice(0, -1).join("")
    return tidy
}

/** One of eight colours, always the same for a name. */
export function hueOf(name) {
    let hash = 7
    for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619)
    return String((hash >>> 13) % 8)
}

/** `1 message`, `2 messages`. */
export function count(number, one, many = `${one}s`) {
    return `${number} ${number === 1 ? one : many}`
}
