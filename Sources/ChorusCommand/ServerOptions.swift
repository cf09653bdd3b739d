import ArgumentParser
import ChorusClient
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// Where the server is that a command talks to.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server (default: the environment's CHORUS_URL, or http://127.0.0.1:8000).")
    var url: String = ProcessInfo.processInfo.environment["CHORUS_URL"] ?? "http://127.0.0.1:8000"

    @Flag(help: "Accept any certificate.")
    var insecure = false

    func validate() throws {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw ValidationError("--url is an address such as http://127.0.0.1:8000.")
        }
    }

    var tls: TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if insecure { tls.certificateVerification = .none }
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
    func key() throws -> String? {
        guard let apiKeyFile else {
            return ProcessInfo.processInfo.environment["CHORUS_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        }
        let text: String
        do {
            text = try String(contentsOfFile: apiKeyFile, encoding: .utf8)
        } catch {
            Console.say("the key cannot be read: \(error)")
            throw ExitCode(Exit.configuration)
        }
        return text.split(whereSeparator: \.isNewline).first?.trimmed
    }
}
