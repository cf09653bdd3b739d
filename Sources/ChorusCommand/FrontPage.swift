import Hummingbird

/// `/`: what is running here, and where to go. `/health`: whether it is.
enum FrontPage {
    static func router(isSecure: Bool, echoes: Bool) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        let scheme = isSecure ? "wss" : "ws"
        router.get("/") { request, _ in
            let host = request.head.authority ?? "localhost"
            var lines = [
                "This is Chorus, a broadcast server.",
                "",
                "\(scheme)://\(host)/ws          everybody: a text that one sends reaches all as \"Message: ...\"",
                "\(scheme)://\(host)/ws/{topic}  one topic, relayed unchanged;",
                "    ?last=50              the last 50 messages first",
                "    ?since=EPOCH:OFFSET   what was missed since then first",
                "    ?format=json          as JSON, with positions to come back with",
            ]
            if echoes { lines.append("\(scheme)://\(host)/echo        back to the sender") }
            return lines.joined(separator: "\n") + "\n"
        }
        router.get("/health") { _, _ in "ok\n" }
        return router
    }
}
