/*
 * Reads the prices for ticker.js, as a worker: however slow it is made, the page stays awake and
 * can show what happens. What has changed is handed over in batches.
 */
import { subscribe } from "./chorus.js"

const HANDED_OVER_EVERY = 50
/**
 * A browser and a network hold thousands of messages for a page that is too slow. When what comes
 * out of there is so many milliseconds old, it is thrown away for the newest of every symbol.
 */
const TOO_OLD = 2000

/** The number of each symbol's last update; from the page, if another reader was here before. */
let numbers = new Map()
let epoch
/** Milliseconds that every message takes. */
let work = 0

let quotes = new Map()
let news = nothing()
let handedOverAt = 0
let timer = null
let subscription
/** The least age of what this subscription has brought: how far apart the clocks are. */
let leastAge

onmessage = ({ data }) => {
    work = data.work
    if (subscription) return postMessage({ hasPace: true })
    numbers = data.numbers
    epoch = data.epoch
    begin()
}

function begin() {
    const old = subscription
    const its = subscribe("ticker", {
        latest: true,
        onMessage: received,
        onStatus(status) {
            // a connection that is left for another one is no news, nor is that it is being made
            const isQuiet = its !== subscription || (old && status.state === "connecting")
            if (!isQuiet) postMessage({ status })
        },
    })
    subscription = its
    leastAge = Infinity
    old?.close()
}

function nothing() {
    return { received: 0, skipped: 0, newestTime: 0, worstLag: 0 }
}

function received({ key, data, time, epoch: itsEpoch }) {
    const age = Date.now() - time
    leastAge = Math.min(leastAge, age)
    const isLive = subscription.status.state === "live"
    if (isLive && age - leastAge > TOO_OLD) return begin()
    if (itsEpoch !== epoch) {
        // a server that was restarted counts from the beginning
        epoch = itsEpoch
        numbers.clear()
    }
    const last = numbers.get(key)
    // a new beginning tells again what has not changed
    if (data.n === last) return
    if (data.n > last + 1) news.skipped += data.n - last - 1
    numbers.set(key, data.n)
    quotes.set(key, data)
    news.received += 1
    news.newestTime = Math.max(news.newestTime, time)
    // the state at the beginning may be old, and that is no lag
    if (isLive) news.worstLag = Math.max(news.worstLag, age)
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
