/*
 * Follows a topic of a Chorus server from a browser, through every break of the connection.
 *
 *     import { subscribe } from "./chorus.js"
 *
 *     const chat = subscribe("chat:lobby", {
 *         last: 50,                                   // the past first
 *         name: "Ada",                                // how presence calls this client
 *         onMessage: message => show(message.from?.info?.name, message.data.text),
 *         onStatus: status => { light.dataset.state = status.state },
 *     })
 *     chat.publish({ text: "Hello" })                 // also while disconnected
 *
 * It comes back by itself and reads what it missed; no message is delivered twice; what was
 * published is kept until it has come back through the topic, and sent again if the connection
 * broke before. What cannot be read any more is told as a gap, never passed over in silence.
 *
 * Options, none of which is needed:
 *   last       how many messages of the past to begin with
 *   since      a `position` that was kept: begins with what was published after it
 *   latest     true: begins with the newest message of every key, and does so again after a break,
 *              for topics that are a state rather than a history
 *   maxAge     with `latest`: so many milliseconds. A browser and a network may hold thousands of
 *              messages for a page that is too slow. When what comes out of there is older, they
 *              are left for the newest of every key, over another connection; `status` is
 *              "connecting" meanwhile, but onStatus is not told. As clocks differ, the age is
 *              counted from the least that the connection has brought.
 *   name       how presence calls this client
 *   url        where topics are, if not at /ws/ of the page's own server
 *   onMessage  message: {data, offset, epoch, time, key, tags, from} as the server sends it, with
 *              `id` if this module published it (here or elsewhere) and `mine` if this object did.
 *              As long as the status is not "live", what comes is the past.
 *   onNotice   {notice: "presence" | "join" | "leave" | …} as the server sends it
 *   onGap      {restarted}: messages are or may be lost to this client, because they are not kept
 *              (any more) or the server has been restarted
 *   onRefused  {id, value, code, reason}: the server does not publish it; it is not sent again
 *   onStatus   status, whenever it changes:
 *              {state: "connecting", attempt}   until all that was missed has been read
 *              {state: "live"}
 *              {state: "offline", reason, attempt, retryAt}   tries again at that time (Date.now())
 *              {state: "closed", reason, code}   by close(), or by the server for good
 */

/** Codes with which the server says that coming back is of no use. */
const FINAL_CODES = new Set([1000, 1002, 1007, 1008, 1009, 4503])
/** Notices that say how often the server says something, if it does. */
const HEARTBEATS = new Set(["subscribed", "latest", "gap", "heartbeat"])
/** Marks the identifiers of this module, so that an `id` in other programs' data means nothing. */
const ID_MARK = "chorus-"
const MOST_PENDING = 100
const MOST_REMEMBERED = 1000

const FIRST_NOTICE = 20_000 // a connection that has brought nothing until then never will
const PATIENCE = 1.5 // so many heartbeats without a sign of the server, and the connection is dead
const UNANSWERED = 10_000 // or so long, when what was sent has not come back
const SECOND_LOOK = 1_000 // so much later it is dead indeed, if still nothing has come
const STABLE = 5_000 // a connection that held so long begins counting attempts anew
const QUIET = 250 // so long without a message means that the newest of every key are there
const NEVER_QUIET = 20 * QUIET // and so long after the beginning they are in any case

/** Subscribes to a topic; see above. */
export function subscribe(topic, options = {}) {
    return new Subscription(topic, options)
}

/** One topic, followed until `close()`. */
export class Subscription {
    topic
    /** As `onStatus` was told. */
    status = { state: "connecting", attempt: 1 }
    /** By which presence calls this client now; another one after every break. */
    session = null

    #options
    #base
    #socket = null
    #position = null
    #sessions = new Set()
    /** What has not come back: {value, text, isText, socket, sentAt, number} by identifier. */
    #pending = new Map()
    #remembered = new Set()
    #attempt = 0
    #openedAt = 0
    #heardAt = 0
    /** How often the server says something at least, in milliseconds; null before it has. */
    #heartbeat = null
    #leastAge = Infinity
    #wasLive = false
    /** At this offset the past ends. */
    #edge = Infinity
    /** How many messages this connection has sent. */
    #sent = 0
    #retry = null
    #settling = null
    #watch = null
    #listening = new AbortController()

    constructor(topic, options) {
        this.topic = topic
        this.#options = options
        this.#base = new URL(options.url ?? "/ws/", globalThis.location?.href)
        const [, epoch, offset] = /^(\d+):(\d+)$/.exec(options.since ?? "") ?? []
        if (epoch) this.#position = { epoch: Number(epoch), offset: Number(offset) }

        const { signal } = this.#listening
        globalThis.addEventListener?.("online", () => this.#wake(), { signal })
        globalThis.addEventListener?.("offline", () => this.#lost(), { signal })
        globalThis.document?.addEventListener("visibilitychange", () => {
            if (document.visibilityState === "visible") this.#wake()
        }, { signal })
        this.#watch = setInterval(() => this.#look(), 5_000)
        // not at once: the page's handlers may use what subscribe() has not returned yet
        queueMicrotask(() => { if (this.#isOpen) this.#connect() })
    }

    /** What `since` takes: everything up to here has been delivered. Null before the first news. */
    get position() {
        return this.#position && `${this.#position.epoch}:${this.#position.offset}`
    }

    /** How many published values have not come back through the topic. */
    get pending() {
        return this.#pending.size
    }

    /**
     * Publishes an object as JSON and returns the identifier that it gets in its field `id`.
     * Disconnected or not, it is sent until it comes back through the topic, and then delivered to
     * every subscriber that uses this module exactly once. Throws if 100 are on their way already.
     */
    publish(value) {
        if (value === null || typeof value !== "object" || Array.isArray(value)) {
            throw new TypeError("publish takes an object; publishText takes a text")
        }
        if ("id" in value) throw new TypeError("the field id is given by publish")
        const id = newId()
        return this.#enqueue(id, { value, text: JSON.stringify({ id, ...value }), isText: false })
    }

    /**
     * Publishes a text as it is. It has no room for an identifier: if the connection breaks after
     * it was sent and before it came back, it may be published twice.
     */
    publishText(text) {
        return this.#enqueue(newId(), { value: text, text: String(text), isText: true })
    }

    /** Comes back under another name, and misses nothing meanwhile. */
    rename(name) {
        this.#options = { ...this.#options, name }
        if (this.#isOpen) this.#connect()
    }

    /** Ends everything; what has not come back is not sent again. */
    close() {
        if (this.#isOpen) this.#finish("closed by the page")
    }

    // Connecting

    get #isOpen() {
        return this.status.state !== "closed"
    }

    #connect({ isQuiet = false } = {}) {
        this.#drop()
        this.#attempt += 1
        this.#heardAt = Date.now()
        this.#heartbeat = null
        this.#edge = this.#leastAge = Infinity
        this.#sent = 0
        const socket = this.#socket = new WebSocket(this.#address())
        socket.onopen = () => { this.#openedAt = Date.now() }
        socket.onmessage = event => this.#receive(event.data)
        socket.onclose = event => this.#closed(event)
        const status = { state: "connecting", attempt: this.#attempt }
        if (isQuiet) this.status = status
        else this.#tell(status)
    }

    #address() {
        const { name, latest, last } = this.#options
        const url = new URL(this.#base)
        url.protocol = url.protocol.replace("http", "ws")
        url.pathname += encodeURIComponent(this.topic)
        url.searchParams.set("format", "json")
        if (name) url.searchParams.set("name", name)
        if (latest) url.searchParams.set("latest", "")
        else if (this.#position) url.searchParams.set("since", this.position)
        // beside `since`: what to begin with if that is not kept any more
        if (last && !latest) url.searchParams.set("last", last)
        return url
    }

    /** Leaves the connection, without waiting for a server that may not be there any more. */
    #drop() {
        clearTimeout(this.#retry)
        clearTimeout(this.#settling)
        this.#retry = null
        if (this.#openedAt && Date.now() - this.#openedAt > STABLE) this.#attempt = 0
        this.#openedAt = 0
        const socket = this.#socket
        if (!socket) return
        this.#socket = null
        socket.onopen = socket.onmessage = socket.onclose = null
        socket.close()
    }

    #closed({ code, reason }) {
        const [, epoch, offset] = /chorus\.since=(\d+):(\d+)$/.exec(reason) ?? []
        if (epoch) this.#position ??= { epoch: Number(epoch), offset: Number(offset) }
        if (FINAL_CODES.has(code)) this.#finish(reason || "closed by the server", code)
        else this.#lost()
    }

    /** Tries again after a random time, so that not all who were cut off come at once. */
    #lost() {
        this.#drop()
        const isOffline = globalThis.navigator?.onLine === false
        // whoever is refused cannot see it, so after many attempts it only becomes rarer
        const cap = this.#attempt > 10 ? 30_000 : 10_000
        const most = isOffline ? cap : Math.min(cap, 1000 * 2 ** this.#attempt)
        const wait = Math.random() * most
        this.#retry = setTimeout(() => this.#connect(), wait)
        this.#tell({
            state: "offline",
            reason: isOffline ? "offline" : "disconnected",
            attempt: this.#attempt,
            retryAt: Date.now() + wait,
        })
    }

    #finish(reason, code) {
        this.#drop()
        clearInterval(this.#watch)
        this.#listening.abort()
        this.#tell({ state: "closed", reason, code })
    }

    #tell(status) {
        this.status = status
        this.#options.onStatus?.(status)
    }

    // Noticing that a connection is dead: pings are hidden from pages, the heartbeat is not

    /** The network or the page is back; an attempt that hangs may be one of before. */
    #wake() {
        const isHanging = this.#heartbeat === null && Date.now() - this.#heardAt > SECOND_LOOK
        if (this.#retry === null && !isHanging) return this.#look()
        this.#attempt = 0
        this.#connect()
    }

    #look() {
        const [socket, heardAt, now] = [this.#socket, this.#heardAt, Date.now()]
        const patience = this.#heartbeat === null ? FIRST_NOTICE : PATIENCE * this.#heartbeat
        if (!socket || !(now - heardAt > patience || this.#isUnanswered(now))) return
        // where the page stood still, what has come meanwhile waits behind this
        setTimeout(() => {
            if (this.#socket === socket && this.#heardAt === heardAt) this.#lost()
        }, SECOND_LOOK)
    }

    /** Nothing has come since something was sent. */
    #isUnanswered(now) {
        return [...this.#pending.values()].some(({ socket, sentAt }) => socket === this.#socket
            && sentAt >= this.#heardAt && now - sentAt > UNANSWERED)
    }

    // Receiving

    #receive(text) {
        this.#heardAt = Date.now()
        const line = JSON.parse(text)
        if (line.notice) this.#notice(line)
        else this.#message(line)
    }

    #message(line) {
        if (this.#isTooOld(line)) {
            this.#attempt = 0
            return this.#connect({ isQuiet: true })
        }
        const isNew = this.#advance(line)
        if (isNew) this.#identify(line)
        try {
            if (isNew && !this.#isRepeated(line.id)) this.#options.onMessage?.(line)
        } finally {
            if (line.offset >= this.#edge) this.#live()
        }
    }

    #isTooOld({ time }) {
        const { latest, maxAge } = this.#options
        const age = Date.now() - time
        this.#leastAge = Math.min(this.#leastAge, age)
        return latest && this.status.state === "live" && age - this.#leastAge > maxAge
    }

    #notice(line) {
        if (HEARTBEATS.has(line.notice)) this.#heartbeat = line.heartbeat ?? Infinity
        if (line.session) {
            this.session = line.session
            this.#sessions.add(line.session)
        }
        switch (line.notice) {
        case "heartbeat":
            return
        case "subscribed":
        case "gap":
            return this.#begin(line)
        case "latest":
            // the state may hold messages up to that position, so they are still to come
            if (this.#position?.epoch !== line.epoch) this.#advance({ ...line, offset: 0 })
            this.#edge = line.offset
            if (this.#position?.offset >= this.#edge) this.#live()
            else this.#settle()
            break
        case "refused":
            this.#refused(line)
            break
        }
        this.#options.onNotice?.(line)
    }

    /** Everything behind the notice's position follows; up to its edge that is the past. */
    #begin(line) {
        const { notice, epoch, offset = 0, edge = 0 } = line
        const before = this.#position
        const isGap = notice === "gap"
        if (isGap && epoch !== undefined) this.#position = { epoch, offset }
        else this.#advance(line)
        this.#edge = edge
        // nobody knows what was said meanwhile in a topic without positions
        const isUnknown = this.#wasLive && !this.#position && !this.#options.latest
        try {
            if (isGap || isUnknown) {
                const restarted = Boolean(before && this.#position.epoch !== before.epoch)
                this.#options.onGap?.({ restarted })
            }
            this.#options.onNotice?.(line)
        } finally {
            if (offset >= edge) this.#live()
        }
    }

    /** Remembers a position; false if it has been passed already. */
    #advance({ epoch, offset }) {
        if (epoch === undefined) return true
        if (this.#position?.epoch === epoch && offset <= this.#position.offset) return false
        this.#position = { epoch, offset }
        return true
    }

    /** Finds out whether a message was published through this module, and confirms it. */
    #identify(line) {
        if (typeof line.data === "string" && line.data.startsWith(`{"id":"${ID_MARK}`)) {
            // a topic of texts; somebody may have typed a text that only begins like that
            try { line.data = JSON.parse(line.data) } catch { /* then it is one */ }
        }
        line.mine = this.#sessions.has(line.from?.id)
        if (typeof line.data?.id === "string" && line.data.id.startsWith(ID_MARK)) {
            line.id = line.data.id
        } else if (line.mine || !line.from) {
            const isSame = ([, { isText, text }]) => isText && text === line.data
            line.id = [...this.#pending].find(isSame)?.[0]
        }
        if (this.#pending.delete(line.id)) line.mine = true
    }

    #isRepeated(id) {
        if (id === undefined) return false
        if (this.#remembered.has(id)) return true
        this.#remembered.add(id)
        if (this.#remembered.size > MOST_REMEMBERED) {
            this.#remembered.delete(this.#remembered.values().next().value)
        }
        return false
    }

    // Publishing

    #enqueue(id, entry) {
        if (!this.#isOpen) throw new Error("the subscription is closed")
        if (this.#pending.size >= MOST_PENDING) {
            throw new Error(`${MOST_PENDING} messages are on their way already`)
        }
        this.#pending.set(id, entry)
        if (this.status.state === "live") this.#send(entry)
        return id
    }

    #send(entry) {
        entry.socket = this.#socket
        entry.sentAt = Date.now()
        entry.number = ++this.#sent
        this.#socket.send(entry.text)
    }

    /** With `latest` the newest message need not be the newest of a key: waits for silence. */
    #settle() {
        clearTimeout(this.#settling)
        this.#settling = setTimeout(() => {
            const now = Date.now()
            const isOver = now - this.#heardAt >= QUIET || now - this.#openedAt >= NEVER_QUIET
            if (isOver) this.#live()
            else this.#settle()
        }, QUIET)
    }

    /** What was missed has been read, so what has not come back never arrived. */
    #live() {
        // nor when the page has closed it while it was given a message
        if (this.status.state !== "connecting") return
        clearTimeout(this.#settling)
        this.#wasLive = true
        for (const entry of this.#pending.values()) this.#send(entry)
        this.#tell({ state: "live" })
    }

    #refused({ message, code, reason }) {
        const isIt = ([, { socket, number }]) => socket === this.#socket && number === message
        const [id, { value }] = [...this.#pending].find(isIt) ?? [, {}]
        if (!this.#pending.delete(id)) return
        this.#options.onRefused?.({ id, value, code, reason })
    }
}

/** Random also on pages without TLS, where crypto.randomUUID is missing. */
function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(12))
    return ID_MARK + Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
}
