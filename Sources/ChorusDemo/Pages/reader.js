/*
 * Reads the prices for ticker.js, as a worker: however slow it is made, the page stays awake and can
 * show what happens. What has changed is handed over in batches.
 */
import { subscribe } from "./chorus.js"

const HANDED_OVER_EVERY = 50

/** The number of the last update that has come, by symbol; from the page, if another reader was here before. */
let numbers = new Map()
let epoch
/** Milliseconds that every message takes. */
let work = 0

let quotes = new Map()
let news = nothing()
let handedOverAt = 0
let timer = null
let subscription

onmessage = ({ data }) => {
    work = data.work
    if (subscription) return postMessage({ hasPace: true })
    numbers = data.numbers
    epoch = data.epoch
    subscription = subscribe("ticker", {
        latest: true,
        onMessage: received,
        onStatus: status => postMessage({ status }),
    })
}

function nothing() {
    return { received: 0, skipped: 0, newestTime: 0, worstLag: 0 }
}

function received({ key, data, time, epoch: itsEpoch }) {
    if (itsEpoch !== epoch) {
        // a server that was restarted counts from the beginning
        epoch = itsEpoch
        numbers.clear()
    }
    const last = numbers.get(key)
    if (data.n > last + 1) news.skipped += data.n - last - 1
    numbers.set(key, data.n)
    quotes.set(key, data)
    news.received += 1
    news.newestTime = Math.max(news.newestTime, time)
    // the state at the beginning may be old, and that is no lag
    if (subscription.status.state === "live") news.worstLag = Math.max(news.worstLag, Date.now() - time)
    if (work > 0) keepBusy(work)

    // a browser may bring a thousand messages before it lets a timer run
    if (Date.now() - handedOverAt >= HANDED_OVER_EVERY) handOver()
    else timer ??= setTimeout(handOver, HANDED_OVER_EVERY)
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
    postMessage({ ...news, quotes, epoch })
    quotes = new Map()
    news = nothing()
}
