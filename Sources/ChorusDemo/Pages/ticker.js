/*
 * The ticker: the topic ticker, 3,000 prices a second, each under the key of its symbol.
 *
 * Every message is taken as it comes, by reader.js; what is drawn is what is seen, ten times a
 * second.
 */
import { askServer, find, make, setText, showSource, statusLine } from "./demo.js"

const DRAWN_EVERY = 100
const SAMPLED_EVERY = 500 // a point of the lines beside the prices
const SAMPLES = 60
const PATIENCE = 300 // with a reader that is to change its pace

const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const whole = new Intl.NumberFormat("en")

/** {name, price, open, n, samples, tile, …} by symbol. */
const symbols = new Map()
/** Where the reader is, for the next one. */
let position
let highest
let newestTime = 0
let worstLag = 0
/** What is shown as the worst of the last second, or what is worse since. */
let worst = 0
/** How far the server's clock is ahead of this one, as far as that shows. */
let clockAhead = 0
let isLive = false

/** For tests: what has come, what was skipped, how old the newest price is. */
const ticker = window.__ticker = {
    received: 0,
    skipped: 0,
    get lag() {
        return newestTime === 0 ? 0 : Math.max(0, Date.now() - newestTime + clockAhead)
    },
}

/* The reader */

const showStatus = statusLine(find("status"))
let work = 0
let reader
let replacing

function startReader() {
    clearTimeout(replacing)
    reader?.terminate()
    reader = new Worker(new URL("reader.js", import.meta.url), { type: "module" })
    reader.onmessage = ({ data }) => {
        if (data.status) onStatus(data.status)
        else if (data.hasPace) clearTimeout(replacing)
        else received(data)
    }
    // what is skipped between one reader and the next counts too
    reader.postMessage({ work, position, highest })
}

// Chromium does not tell a worker
for (const event of ["online", "offline"]) {
    addEventListener(event, () => reader.postMessage({ event }))
}

find("slow").addEventListener("change", event => {
    work = Number(event.target.value)
    secondsAtPace = 0
    reader.postMessage({ work })
    // one that has a thousand messages on its desk would hear of it too late
    replacing = setTimeout(startReader, PATIENCE)
})

function onStatus(status) {
    isLive = status.state === "live"
    showStatus(status)
    find("prices").dataset.stale = String(!isLive)
}

function received(news) {
    ticker.received += news.received
    ticker.skipped += news.skipped
    newestTime = Math.max(newestTime, news.newestTime)
    worstLag = Math.max(worstLag, news.worstLag)
    clockAhead = Math.max(clockAhead, news.newestTime - Date.now())
    position = news.position
    highest = news.highest
    for (const [name, { p, o, n }] of news.quotes) {
        const symbol = symbols.get(name) ?? add(name)
        symbol.price = p
        symbol.open = o ?? (symbol.open || p)
        symbol.n = n ?? symbol.n + 1
    }
}

/* Tiles */

const list = find("prices")

/** Only what is in the window is drawn. */
const visible = new Set()
const watcher = new IntersectionObserver(changes => {
    for (const { target, isIntersecting } of changes) {
        if (isIntersecting) visible.add(target.symbol)
        else visible.delete(target.symbol)
        target.symbol.shown = undefined
    }
}, { rootMargin: "100px" })

function add(name) {
    const line = make("canvas", { "aria-hidden": "true" })
    const price = make("span", { class: "price", "data-testid": "price" })
    const change = make("span", { class: "change", "data-testid": "change" })
    const tile = make("li", { class: "tile", "data-testid": "tile", "data-symbol": name },
        make("span", { class: "symbol" }, name), " ", price, " ", change, line)
    const symbol = {
        name, price: 0, open: 0, n: 0, samples: [], tile, line, labels: { price, change },
    }
    tile.symbol = symbol
    symbols.set(name, symbol)
    list.append(tile)
    watcher.observe(tile)
    needsOrder = true
    return symbol
}

function changeOf({ price, open }) {
    return open > 0 ? (price / open - 1) * 100 : 0
}

function draw(symbol) {
    if (symbol.shown === symbol.price) return
    const { tile, labels, price } = symbol
    tile.dataset.move = symbol.shown === undefined ? "" : price > symbol.shown ? "up" : "down"
    symbol.shown = price
    const change = changeOf(symbol)
    tile.dataset.side = change < 0 ? "loss" : "gain"
    labels.price.textContent = money.format(price)
    labels.change.textContent = `${change < 0 ? "−" : "+"}${money.format(Math.abs(change))} %`
}

/** A drawing area as fine as the screen, with its size in CSS pixels. */
function prepare(canvas) {
    const { clientWidth: width, clientHeight: height } = canvas
    const scale = Math.min(devicePixelRatio, 2)
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale)
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale)
    const context = canvas.getContext("2d")
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, width, height)
    return { context, width, height }
}

/** Draws values up to the right edge, where `most` of them fill the width. */
function drawLine({ context, width, height }, values, { low, high, most }) {
    const step = width / (most - 1)
    const left = width - (values.length - 1) * step
    const range = high - low || 1
    context.beginPath()
    values.forEach((value, index) => {
        context.lineTo(left + index * step, 2 + (1 - (value - low) / range) * (height - 4))
    })
    context.stroke()
}

function drawSamples({ samples, line, price, open }) {
    const area = prepare(line)
    area.context.lineWidth = 1.25
    area.context.strokeStyle = price < open ? colours.loss : colours.gain
    const [low, high] = [Math.min(...samples), Math.max(...samples)]
    drawLine(area, samples, { low, high, most: SAMPLES })
}

let colours
function readColours() {
    const style = getComputedStyle(document.body)
    const read = name => style.getPropertyValue(name).trim()
    colours = {
        gain: read("--good"),
        loss: read("--bad"),
        received: read("--accent"),
        skipped: read("--warn"),
    }
}
readColours()

/** At once, and not only with the next second. */
function redraw() {
    readColours()
    drawTrace()
    for (const symbol of visible) drawSamples(symbol)
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw)
addEventListener("resize", redraw)

/* Order and filter */

const ORDERS = {
    symbol: (one, other) => one.name < other.name ? -1 : 1,
    rise: (one, other) => changeOf(other) - changeOf(one),
    fall: (one, other) => changeOf(one) - changeOf(other),
    updates: (one, other) => other.n - one.n,
}
let needsOrder = false

function arrange() {
    needsOrder = false
    const sorted = [...symbols.values()].sort(ORDERS[find("sort").value])
    sorted.forEach(({ tile }, index) => {
        if (list.children[index] !== tile) list.insertBefore(tile, list.children[index] ?? null)
    })
    filter()
}

function filter() {
    const wanted = find("filter").value.trim().toUpperCase()
    let shown = 0
    for (const { name, tile } of symbols.values()) {
        tile.hidden = !name.toUpperCase().includes(wanted)
        if (!tile.hidden) shown += 1
    }
    setText(find("shown"), shown)
    find("empty").hidden = shown > 0
    const hasPrices = symbols.size > 0
    setText(find("empty"), hasPrices ? "No symbol has these letters." : "Waiting for prices.")
}

find("sort").addEventListener("change", arrange)
find("filter").addEventListener("input", filter)

/* Figures */

/** {received, skipped} of each of the last 60, in updates a second. */
const seconds = []
let secondsAtPace = 0
let previous = { time: performance.now(), received: 0, skipped: 0 }

function countSecond(now) {
    const { received, skipped } = ticker
    const took = (now - previous.time) / 1000
    seconds.push({
        received: (received - previous.received) / took,
        skipped: (skipped - previous.skipped) / took,
    })
    if (seconds.length > 60) seconds.shift()
    secondsAtPace += 1
    previous = { time: now, received, skipped }
    setText(find("rate"), whole.format(Math.round(seconds.at(-1).received)))
    worst = worstLag + clockAhead
    worstLag = 0
    setText(find("explanation"), explanation())
    drawTrace()
    if (needsOrder || find("sort").value !== "symbol") arrange()
}

function explanation() {
    if (!isLive) return ""
    // of some seconds, as a burst or a pause is none of the page's doing, and not of another pace
    const judged = Math.min(5, secondsAtPace - 1)
    const skips = judged > 0
        && seconds.slice(-judged).reduce((sum, { skipped }) => sum + skipped, 0) > 100
    if (work === 0) {
        return skips
            ? "This computer is too busy for every update, so the server skips some for it."
            : "It takes every update as it comes."
    }
    if (!skips) {
        return "It takes longer for every message now. Nothing is skipped as long as it keeps up, "
            + "or until the buffers of the browser and the network are full."
    }
    return "It is too slow for every update, so it gets the newest price of every symbol, and what "
        + "was before is skipped: by the server when the buffers of the network and the browser "
        + "are full, and by this page, which begins anew when what they hold is two seconds old. "
        + "Nobody else notices."
}

function drawTrace() {
    const area = prepare(find("trace"))
    const high = Math.max(100, ...seconds.flatMap(({ received, skipped }) => [received, skipped]))
    area.context.lineWidth = 2
    for (const name of ["received", "skipped"]) {
        area.context.strokeStyle = colours[name]
        area.context.setLineDash(name === "skipped" ? [5, 3] : [])
        drawLine(area, seconds.map(second => second[name]), { low: 0, high, most: 60 })
    }
    setText(find("trace-top"), `(the top is ${whole.format(Math.round(high))} a second)`)
}

/* Drawing */

let drawnAt = 0
let sampledAt = 0

function frame(now) {
    requestAnimationFrame(frame)
    if (now - drawnAt < DRAWN_EVERY) return
    drawnAt = now
    if (needsOrder) arrange()
    for (const symbol of visible) draw(symbol)
    if (now - previous.time >= 1000) countSecond(now)
    const { lag } = ticker
    worst = Math.max(worst, lag)
    setText(find("lag"), newestTime ? whole.format(Math.round(lag)) : "–")
    setText(find("worst"), newestTime ? whole.format(Math.round(worst)) : "–")
    setText(find("skipped"), whole.format(ticker.skipped))
    if (now - sampledAt < SAMPLED_EVERY) return
    sampledAt = now
    for (const { samples, price } of symbols.values()) {
        samples.push(price)
        if (samples.length > SAMPLES) samples.shift()
    }
    for (const symbol of visible) drawSamples(symbol)
}

askServer().then(server => {
    showSource(server, `chorus publish ticker 12.50 --json --key ABC --url ${location.origin}`)
})
startReader()
requestAnimationFrame(frame)
