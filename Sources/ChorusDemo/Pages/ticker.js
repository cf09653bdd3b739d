/*
 * The ticker: the topic ticker, 3,000 prices a second, each under the key of its symbol.
 *
 * Every message is taken as it comes; what is drawn is what is seen, ten times a second.
 */
import { subscribe } from "./chorus.js"
import { find, make, setText, statusLine } from "./demo.js"

const DRAWN_EVERY = 100
const SAMPLED_EVERY = 500 // a point of the lines beside the prices
const SAMPLES = 60

const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const whole = new Intl.NumberFormat("en")

/** {name, price, open, n, samples, tile, …} by symbol. */
const symbols = new Map()
let epoch
let newestTime = 0
let worstLag = 0
/** How far the server's clock is ahead of this one, as far as that shows. */
let clockAhead = 0
let workPerMessage = 0

/** For tests: what has come, what was skipped, how old the newest price is. */
const ticker = window.__ticker = {
    received: 0,
    skipped: 0,
    get lag() {
        return newestTime === 0 ? 0 : Math.max(0, Date.now() - newestTime + clockAhead)
    },
}

const showStatus = statusLine(find("status"))
const subscription = subscribe("ticker", {
    latest: true,
    onMessage: received,
    onStatus(status) {
        showStatus(status)
        find("prices").dataset.stale = String(status.state !== "live")
    },
})

function received({ key, data, time, epoch: itsEpoch }) {
    // a server that was restarted counts from 1 again
    if (itsEpoch !== epoch) {
        epoch = itsEpoch
        for (const symbol of symbols.values()) symbol.n = 0
    }
    const symbol = symbols.get(key) ?? add(key)
    if (symbol.n > 0 && data.n > symbol.n + 1) ticker.skipped += data.n - symbol.n - 1
    symbol.n = data.n
    symbol.price = data.p
    symbol.open = data.o
    ticker.received += 1
    newestTime = Math.max(newestTime, time)
    clockAhead = Math.max(clockAhead, time - Date.now())
    // the state at the beginning may be old, and that is no lag
    if (subscription.status.state === "live") worstLag = Math.max(worstLag, Date.now() - time + clockAhead)
    if (workPerMessage > 0) keepBusy(workPerMessage)
}

/** What a page does that takes too long for every message. */
function keepBusy(milliseconds) {
    const end = performance.now() + milliseconds
    while (performance.now() < end);
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
    const symbol = { name, price: 0, open: 0, n: 0, samples: [], tile, line, labels: { price, change } }
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

function drawLine({ samples, line, tile, price, open }) {
    const { context, width, height } = prepare(line)
    const low = Math.min(...samples)
    const range = Math.max(...samples) - low || 1
    const step = width / (SAMPLES - 1)
    const left = width - (samples.length - 1) * step
    context.beginPath()
    samples.forEach((sample, index) => {
        context.lineTo(left + index * step, 1 + (1 - (sample - low) / range) * (height - 2))
    })
    context.strokeStyle = price < open ? colours.loss : colours.gain
    context.lineWidth = 1.25
    context.stroke()
}

let colours
function readColours() {
    const style = getComputedStyle(document.body)
    const read = name => style.getPropertyValue(name).trim()
    colours = { gain: read("--good"), loss: read("--bad"), received: read("--accent"), skipped: read("--warn") }
}
readColours()
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", readColours)

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
    setText(find("empty"), symbols.size > 0 ? "No symbol has these letters." : "Waiting for prices.")
}

find("sort").addEventListener("change", arrange)
find("filter").addEventListener("input", filter)

/* Figures */

const seconds = [] // {received, skipped} of each of the last 60
let previous = { time: performance.now(), received: 0, skipped: 0 }

function figureSecond(now) {
    const { received, skipped } = ticker
    const took = (now - previous.time) / 1000
    seconds.push({
        received: (received - previous.received) / took,
        skipped: (skipped - previous.skipped) / took,
    })
    if (seconds.length > 60) seconds.shift()
    previous = { time: now, received, skipped }
    const { received: rate, skipped: skippedRate } = seconds.at(-1)
    setText(find("rate"), whole.format(Math.round(rate)))
    setText(find("worst"), newestTime ? whole.format(Math.round(worstLag)) : "–")
    worstLag = 0
    setText(find("explanation"), explanation(rate, skippedRate))
    drawTrace()
    if (needsOrder || find("sort").value !== "symbol") arrange()
}

function explanation(rate, skippedRate) {
    if (subscription.status.state !== "live" || rate === 0) return ""
    if (workPerMessage === 0) {
        return skippedRate > 0 ? "It is catching up." : "It takes every update as it comes."
    }
    if (skippedRate === 0) {
        return "It reads more slowly than prices change. What is in the buffers of the browser and the "
            + "network still comes in full; when they are filled, the server begins to skip."
    }
    return "It reads more slowly than prices change, so the server sends it only the newest price of "
        + "every symbol. The lag is what lies in the buffers between the two; it does not grow, and "
        + "nobody else notices."
}

function drawTrace() {
    const { context, width, height } = prepare(find("trace"))
    const most = Math.max(100, ...seconds.map(({ received, skipped }) => Math.max(received, skipped)))
    const step = width / 59
    const left = width - (seconds.length - 1) * step
    for (const name of ["received", "skipped"]) {
        context.beginPath()
        seconds.forEach((second, index) => {
            context.lineTo(left + index * step, 2 + (1 - second[name] / most) * (height - 4))
        })
        context.strokeStyle = colours[name]
        context.lineWidth = 2
        context.setLineDash(name === "skipped" ? [5, 3] : [])
        context.stroke()
    }
    setText(find("trace-top"), `(the top is ${whole.format(Math.round(most))} a second)`)
}

find("slow").addEventListener("change", event => { workPerMessage = Number(event.target.value) })

/* Drawing */

let drawnAt = 0
let sampledAt = 0

function frame(now) {
    requestAnimationFrame(frame)
    if (now - drawnAt < DRAWN_EVERY) return
    drawnAt = now
    if (needsOrder && list.childElementCount === symbols.size) arrange()
    for (const symbol of visible) draw(symbol)
    setText(find("lag"), newestTime ? whole.format(Math.round(ticker.lag)) : "–")
    setText(find("skipped"), whole.format(ticker.skipped))
    if (now - previous.time >= 1000) figureSecond(now)
    if (now - sampledAt < SAMPLED_EVERY) return
    sampledAt = now
    for (const symbol of symbols.values()) {
        symbol.samples.push(symbol.price)
        if (symbol.samples.length > SAMPLES) symbol.samples.shift()
    }
    for (const symbol of visible) drawLine(symbol)
}
requestAnimationFrame(frame)
