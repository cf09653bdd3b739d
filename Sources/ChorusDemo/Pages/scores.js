/*
 * Live scores: the topic scores, with the newest message of every game under its key.
 */
import { subscribe } from "./chorus.js"
import {
    askServer, count, find, make, setText, shellQuoted, showSource, statusLine,
} from "./demo.js"

const FLASH = 6000
const PHASES = {
    "first half": { rank: 0, isLive: true },
    "second half": { rank: 0, isLive: true },
    "half-time": { rank: 1, isLive: true },
    "not started": { rank: 2, isLive: false },
    "full time": { rank: 3, isLive: false },
}
const KINDS = { goal: "Goal", yellow: "Yellow card", red: "Red card" }

/** {data, card} by identifier. */
const games = new Map()
const list = find("games")

const showStatus = statusLine(find("status"))
subscribe("scores", {
    latest: true,
    onMessage: received,
    onStatus(status) {
        showStatus(status)
        list.dataset.stale = String(status.state !== "live")
    },
})

function received(message) {
    const data = gameOf(message)
    if (!data) return
    const game = games.get(data.id)
    const card = game?.card ?? makeCard(data)
    games.set(data.id, { data, card })
    showGame(card, data)
    // or the next one of the same pitch
    const isSame = game && game.data.home.name === data.home.name
        && game.data.away.name === data.away.name
    if (isSame) showGoals(card, game.data, data)
    arrange()
}

askServer().then(server => {
    const game = { home: { name: "Home" }, away: { name: "Away" }, score: [1, 0] }
    const text = shellQuoted(JSON.stringify(game))
    showSource(server,
        `chorus publish scores ${text} --json --key final --url ${location.origin}`)
})

/** What a message says of a game; nothing if it is none, as anything may have been published. */
function gameOf({ key, data }) {
    const { home, away, score, minute = 0, phase = "", events = [] } = data ?? {}
    const id = data?.id ?? key
    const isGame = id !== undefined && Array.isArray(score) && Array.isArray(events)
        && [home?.name, away?.name].every(name => typeof name === "string")
        && [...score, minute].every(Number.isFinite) && score.length === 2
    return isGame && {
        id: String(id), home: teamOf(home), away: teamOf(away), score, minute, phase: String(phase),
        events: events.filter(event => ["home", "away"].includes(event?.side)
            && event.kind && Number.isFinite(event.minute)),
    }
}

function teamOf({ name, short = name }) {
    return { name, short: String(short).slice(0, 3).toUpperCase() }
}

function makeCard({ id }) {
    return make("li", { class: "game", "data-testid": "game", "data-game": id },
        make("p", { class: "clock" },
            make("span", { class: "phase", "data-testid": "phase" }),
            make("span", { class: "minute", "data-testid": "minute" })),
        make("h3", { class: "sides" }, sideOf("home"), sideOf("away")),
        make("ol", { class: "events", "data-testid": "events", "aria-label": "Events" }))
}

function sideOf(side) {
    return make("span", { class: "side", "data-testid": side },
        make("span", { class: "short", "aria-hidden": "true" }),
        make("span", { class: "team" }), " ",
        make("span", { class: "score", "data-testid": `score-${side}` }))
}

function showGame(card, { home, away, score, minute, phase, events }) {
    card.dataset.phase = phase
    card.dataset.live = String(PHASES[phase]?.isLive ?? false)
    setText(find("phase", card), phase)
    setText(find("minute", card), phase.endsWith(" half") ? `${minute}′` : "")
    for (const [side, team, goals] of [["home", home, score[0]], ["away", away, score[1]]]) {
        const element = find(side, card)
        setText(element.querySelector(".short"), team.short)
        setText(element.querySelector(".team"), team.name)
        setText(element.querySelector(".score"), goals)
    }
    showEvents(find("events", card), events, { home, away })
}

/** The newest first. */
function showEvents(element, events, teams) {
    const rows = events.map(({ minute, side, kind, player }) => make("li",
        { class: "event", "data-kind": String(kind), "data-testid": "event" },
        make("span", { class: "event-minute" }, `${minute}′`), " ",
        make("span", { class: "mark", "aria-hidden": "true" }),
        make("span", {}, `${Object.hasOwn(KINDS, kind) ? KINDS[kind] : kind}: ${player ?? "?"} `),
        make("span", { class: "event-side" }, teams[side].short)))
    const shown = make("ol", {}, ...rows.reverse())
    // whoever is reading them is not thrown out by a minute that has passed
    if (shown.innerHTML !== element.innerHTML) element.replaceChildren(...shown.children)
}

function showGoals(card, before, { home, away, score }) {
    const sides = ["home", "away"].filter((_, index) => score[index] > before.score[index])
    if (sides.length === 0) return
    for (const side of sides) flash(find(side, card))
    flash(card)
    announce(`Goal: ${home.name} ${score[0]}, ${away.name} ${score[1]}`)
}

function flash(element) {
    clearTimeout(element.flashEnds)
    element.classList.remove("scored")
    element.getBoundingClientRect() // lets the animation begin anew
    element.classList.add("scored")
    element.flashEnds = setTimeout(() => element.classList.remove("scored"), FLASH)
}

/** Goals of the same moment are told together; one after the other would cut each other off. */
let goals = []
function announce(goal) {
    goals.push(goal)
    if (goals.length > 1) return
    setTimeout(() => {
        setText(find("announcement"), goals.join(". "))
        goals = []
    }, 500)
}

/** Who is playing comes first; a card only moves when its phase has changed. */
function arrange() {
    const sorted = [...games.values()].sort(({ data: one }, { data: other }) =>
        rankOf(one) - rankOf(other) || one.id.localeCompare(other.id, "en", { numeric: true }))
    sorted.forEach(({ card }, index) => {
        if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null)
    })
    const playing = sorted.filter(({ data }) => PHASES[data.phase]?.isLive).length
    setText(find("summary"), `${count(sorted.length, "game")}, ${playing} in play`)
    find("empty").hidden = true
}

function rankOf({ phase }) {
    return PHASES[phase]?.rank ?? 4
}
