/*
 * Live scores: the topic scores, with the newest message of every game under its key.
 */
import { subscribe } from "./chorus.js"
import { count, find, make, setText, statusLine } from "./demo.js"

const FLASH = 6000
const PHASES = {
    "first half": { rank: 0, isLive: true },
    "second half": { rank: 0, isLive: true },
    "half-time": { rank: 1, isLive: true },
    "not started": { rank: 2, isLive: false },
    "full time": { rank: 3, isLive: false },
}
const KINDS = { goal: "Goal", yellow: "Yellow card", red: "Red card" }

/** {data, card} by game. */
const games = new Map()
const list = find("games")

const showStatus = statusLine(find("status"))
subscribe("scores", {
    latest: true,
    onMessage({ key, data }) {
        const game = games.get(key)
        const card = game?.card ?? makeCard(data)
        // or the next one of the same pitch
        const isSame = game?.data.home.name === data.home.name
            && game.data.away.name === data.away.name
        if (!isSame) find("events", card).replaceChildren()
        games.set(key, { data, card })
        showGame(card, data)
        if (isSame) showGoals(card, game.data, data)
        arrange()
    },
    onStatus(status) {
        showStatus(status)
        list.dataset.stale = String(status.state !== "live")
    },
})

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

/** The newest first. Events are only added. */
function showEvents(element, events, teams) {
    for (const { minute, side, kind, player } of events.slice(element.childElementCount)) {
        element.prepend(make("li", { class: "event", "data-kind": kind, "data-testid": "event" },
            make("span", { class: "event-minute" }, `${minute}′`), " ",
            make("span", { class: "mark", "aria-hidden": "true" }),
            make("span", {}, `${KINDS[kind] ?? kind}: ${player} `),
            make("span", { class: "event-side" }, teams[side].short)))
    }
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
