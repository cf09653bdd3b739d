import ArgumentParser
import ChorusClient
import ChorusCore
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// Where the server is that a command talks to.
struct ServerOptions: ParsableArguments {
    @Option(
        name: .customLong("url"),
        help: ArgumentHelp(
            "The server (default: the environment's CHORUS_URL, or http://127.0.0.1:8000).",
            valueName: "url"
        )
    )
    var givenURL: String?

    @Flag(help: "Accept any certificate.")
    var insecure = false

    func validate() throws {
        guard givenURL != "", Self.isHTTP(url), (try? WebSocketURL("ws" + url.dropFirst(4))) != nil else {
            throw ValidationError(
                "--url: \(givenURL ?? url) is not the URL of a server, such as http://127.0.0.1:8000."
            )
        }
    }

    /// Without a slash at its end.
    var url: String { Self.url(givenURL) }

    var tls: TLSConfiguration { .client(acceptingAnyCertificate: insecure) }

    /// The URL that was given, or the environment's, or that of a server on this machine; one of HTTP without a slash at
    /// its end.
    static func url(_ given: String?) -> String {
        var url = given ?? ProcessInfo.processInfo.environment["CHORUS_URL"] ?? ""
        if url.isEmpty { url = "http://127.0.0.1:8000" }
        guard isHTTP(url) else { return url }
        while url.hasSuffix("/"), !url.hasSuffix("//") { url.removeLast() }
        return url
    }

    static func isHTTP(_ url: String) -> Bool { url.hasPrefix("http://") || url.hasPrefix("https://") }
}

extension TLSConfiguration {
    /// For a client of a server.
    static func client(acceptingAnyCertificate: Bool) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if acceptingAnyCertificate { tls.certificateVerification = .none }
        return tls
    }
}

/// What a command that uses the HTTP API shows.
struct KeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file whose first line is the key for the HTTP API (default: the environment's CHORUS_API_KEY).",
            valueName: "file"
        )
    )
    var apiKeyFile: String?

    /// `nil` if there is none. Throws an exit code when the file cannot be read.
    func key() throws -> String? { try secret("key", in: apiKeyFile, or: "CHORUS_API_KEY") }
}

/// What a command shows that is a client.
struct TokenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file whose first line is a token to show (default: the environment's CHORUS_TOKEN).",
            valueName: "file"
        )
    )
    var tokenFile: String?

    /// `nil` if there is none. Throws an exit code when the file cannot be read.
    func token() throws -> String? { try secret("token", in: tokenFile, or: "CHORUS_TOKEN") }
}

/// The first line of a file, or what a variable of the environment has; `nil` if there is none. Throws an exit code when
/// the file cannot be read.
private func secret(_ name: String, in file: String?, or variable: String) throws -> String? {
    guard let file else {
        return ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
    let text: String
    do {
        text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
        Console.say("the \(name) in \(file) cannot be read: \(error)")
        throw ExitCode(Exit.configuration)
    }
    guard let line = text.split(whereSeparator: \.isNewline).map(\.trimmed).first(where: { !$0.isEmpty }) else {
        Console.say("there is no \(name) in \(file)")
        throw ExitCode(Exit.configuration)
    }
    return line
}

/// Throws an exit code when a topic cannot have this name.
func checkTopic(_ name: String) throws {
    do throws(ChorusError) {
        _ = try TopicName(name)
    } catch {
        Console.say(error.message)
        throw ExitCode(Exit.usage)
    }
}
