/*
 * Reads the prices for ticker.js, as a worker: however slow it is made, the page stays awake and
 * can show what happens. What has changed is handed over in batches.
 *
 * The key of a message is the symbol. Its data is the price, as a number or a text that ends with
 * one (ABC,12.50), or {p, o} or {price, open} with the price in the beginning too; `n` may count a
 * symbol's prices.
 */
import { subscribe } from "./chorus.js"

const HANDED_OVER_EVERY = 50
const TOO_OLD = 2000 // milliseconds; then the newest of every symbol are read instead

/** Milliseconds that every message takes. */
let work = 0
let subscription
/** The highest offset so far: the offsets of a topic are contiguous. */
let highest
let epoch

let quotes = new Map()
let news = nothing()
let handedOverAt = 0
let timer = null

onmessage = ({ data }) => {
    if (data.event) return dispatchEvent(new Event(data.event))
    work = data.work
    if (subscription) return postMessage({ hasPace: true })
    // so far another reader has come
    highest = data.highest
    epoch = Number(data.position?.split(":")[0])
    subscription = subscribe("ticker", {
        latest: true,
        since: data.position,
        maxAge: TOO_OLD,
        onMessage: received,
        onNotice: noticed,
        onStatus: status => postMessage({ status }),
    })
}

function nothing() {
    return { received: 0, skipped: 0, newestTime: 0, worstLag: 0 }
}

/** What was there in the beginning, here or of a server that was restarted, is not skipped. */
function noticed({ notice, epoch: itsEpoch, offset }) {
    if (notice !== "latest" || itsEpoch === epoch) return
    epoch = itsEpoch
    highest = offset
}

function received({ key, data, time, offset }) {
    news.skipped += Math.max(0, offset - highest - 1)
    highest = Math.max(highest, offset)
    news.received += 1
    news.newestTime = Math.max(news.newestTime, time)
    // the state at the beginning may be old, and that is no lag
    if (subscription.status.state === "live") {
        news.worstLag = Math.max(news.worstLag, Date.now() - time)
    }
    const p = numberIn(data?.p ?? data?.price ?? data)
    if (key !== undefined && p !== undefined) {
        quotes.set(key, { p, o: numberIn(data.o ?? data.open), n: numberIn(data.n) })
    }
    if (work > 0) keepBusy(work)

    // a browser may bring a thousand messages before it lets a timer run
    if (Date.now() - handedOverAt >= HANDED_OVER_EVERY) handOver()
    else timer ??= setTimeout(handOver, HANDED_OVER_EVERY)
}

/** A number, or that in the last column of a text. */
function numberIn(value) {
    const column = typeof value === "string" ? value.split(",").at(-1).trim() : value
    const number = typeof column === "string" && column !== "" ? Number(column) : column
    return Number.isFinite(number) ? number : undefined
}

/** What a page does that takes too long for every message. Meanwhile the browser does not read. */
function keepBusy(milliseconds) {
    const end = performance.now() + milliseconds
    while (performance.now() < end);
}

function handOver() {
    clearTimeout(timer)
    timer = null
    handedOverAt = Date.now()
    postMessage({ ...news, quotes, highest, position: subscription.position })
    quotes = new Map()
    news = nothing()
}
