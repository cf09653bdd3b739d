import Chorus
package import ChorusCore

/// What `chorus serve` offers: on the terminal when it is ready, and on its first page.
struct Announcement: Sendable {
    /// An address of the server and what is there.
    struct Line {
        let address: String
        let meaning: String
    }

    let isSecure: Bool
    let echoes: Bool
    let hasDemos: Bool
    /// What the demos show is simulated.
    let hasDemoFeed: Bool
    /// Where clients of the Centrifuge protocol connect; `nil` if they may not.
    let centrifuge: String?
    /// For whom the HTTP API is; `nil` if there is none.
    let api: String?

    /// - Parameter host: name and port.
    func lines(host: String) -> [Line] {
        let page = (isSecure ? "https://" : "http://") + host
        let socket = (isSecure ? "wss://" : "ws://") + host
        var lines = [
            Line(address: "\(page)/", meaning: "what is running here"),
            Line(address: "\(socket)/ws", meaning: "everybody, as in the tutorial"),
            Line(address: "\(socket)/ws/{topic}", meaning: "one topic"),
        ]
        if let centrifuge { lines.append(Line(address: socket + centrifuge, meaning: "clients of Centrifuge's SDKs")) }
        if let api { lines.append(Line(address: "\(page)/api/publish", meaning: "the HTTP API, \(api)")) }
        if hasDemos { lines.append(Line(address: "\(page)/demo/chat", meaning: "the first of the demos")) }
        if echoes { lines.append(Line(address: "\(socket)/echo", meaning: "back to the sender")) }
        return lines
    }

    /// All at once: whoever waits for the first line finds the others too.
    ///
    /// - Parameter publishing: where clients may publish.
    func print(_ addresses: [ListeningAddress], publishing: String) {
        var text: [String] = []
        for address in addresses {
            text.append("chorus is listening on \(address)")
            guard address.port != nil else { continue }
            let host = "\(address)".replacing("0.0.0.0:", with: "127.0.0.1:").replacing("[::]:", with: "[::1]:")
            text.append(Announcement.table(lines(host: host)))
            text.append("  clients may publish \(publishing)")
        }
        if !text.isEmpty { Console.print(text.joined(separator: "\n")) }
    }

    /// The lines with their meanings one below the other.
    static func table(_ lines: [Line]) -> String {
        let width = lines.map(\.address.count).max() ?? 0
        return lines.map { line in
            "  " + line.address + String(repeating: " ", count: width - line.address.count + 2) + line.meaning
        }.joined(separator: "\n")
    }
}

extension Hub.Configuration {
    /// Where clients may publish, in words.
    package var publishing: String {
        let isOpen = defaults.publishers != .server
        let everywhere =
            switch defaults.publishers {
            case .anyone, .server: "everywhere"
            case .authenticated: "as users everywhere"
            case .subscribers: "as subscribers everywhere"
            }
        let names = namespaces.filter { $0.publishers != defaults.publishers }.map { namespace in
            switch namespace.publishers {
            case .anyone: isOpen ? "\(namespace.name) (anyone)" : namespace.name
            case .authenticated: "\(namespace.name) (users)"
            case .subscribers: "\(namespace.name) (subscribers)"
            case .server: namespace.name
            }
        }.joined(separator: ", ")
        if isOpen { return names.isEmpty ? everywhere : "\(everywhere) but in \(names)" }
        return names.isEmpty ? "nowhere: see --publish" : "to \(names)"
    }
}
