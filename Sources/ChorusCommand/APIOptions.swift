import ArgumentParser
import Chorus
import ChorusCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// Who may use the HTTP API, and how much of it at once.
struct APIOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Offer the HTTP API under /api.")
    var api = true

    @Option(
        help: ArgumentHelp(
            "Keys for the HTTP API, one a line; so is the environment's CHORUS_API_KEY. Without any key it is for this "
                + "machine alone, and only if no other can connect.",
            valueName: "file"
        )
    )
    var apiKeyFile: String?

    @Option(help: "The largest body of a request to the HTTP API in bytes; larger ones get 413.")
    var maxRequestSize = 16 << 20

    @Option(help: "The most topics of a broadcast, and the most commands of a batch.")
    var maxListLength = 10_000

    func validate() throws {
        for (name, value) in [("--max-request-size", maxRequestSize), ("--max-list-length", maxListLength)]
        where value < 1 { throw ValidationError("\(name) is at least 1.") }
    }

    /// Throws ``ChorusError/Code/invalidConfiguration`` when the file of keys cannot be read or has none.
    func keys() throws(ChorusError) -> [String] {
        var keys: [String] = []
        if let key = ProcessInfo.processInfo.environment["CHORUS_API_KEY"]?[...].trimmed, !key.isEmpty {
            keys.append(key)
        }
        guard let apiKeyFile else { return keys }
        let text: String
        do {
            text = try String(contentsOfFile: apiKeyFile, encoding: .utf8)
        } catch {
            throw ChorusError(
                .invalidConfiguration,
                "the file of API keys, \(apiKeyFile), cannot be read",
                cause: error
            )
        }
        let lines = text.drop(while: { $0 == "\u{FEFF}" }).split(whereSeparator: \.isNewline).map { $0.trimmed }.filter
        { !$0.isEmpty }
        guard !lines.isEmpty else {
            throw ChorusError(.invalidConfiguration, "there is no key in the file of API keys, \(apiKeyFile)")
        }
        return keys + lines
    }

    func api(of hub: Hub, keys: [String], isLocal: Bool, messageSize: Int) -> HTTPAPI {
        var limits = HTTPAPI.Limits()
        limits.bodySize = maxRequestSize
        limits.listLength = maxListLength
        limits.messageSize = messageSize
        return HTTPAPI(hub: hub, access: keys.isEmpty && isLocal ? .local : .keys(keys), limits: limits)
    }

    /// For whom it is, in words.
    func users(keys: [String], isLocal: Bool) -> String {
        if !keys.isEmpty { return "for those who have a key" }
        return isLocal ? "for programs of this machine" : "for nobody: see --api-key-file"
    }
}

extension Substring {
    /// Without white space around it.
    var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
