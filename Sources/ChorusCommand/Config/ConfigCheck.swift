import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// `chorus config check`: all that is wrong, at once.
struct ConfigCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with a configuration, and where.",
        discussion: """
            Looks at the file and the environment as chorus serve would, and whether
            the files that they name can be read. Exits with 78 when something is
            wrong, after a line for each problem on standard error.

              chorus config check chorus.json
            """
    )

    @Argument(
        help: "The file (default: the environment's CHORUS_CONFIG, or chorus.json if it is there)."
    )
    var file: String?

    func run() async throws {
        let path = FileOptions.path(file)
        let environment = ProcessInfo.processInfo.environment
        let sources = ConfigurationSources(environment: environment, file: try await FileOptions.read(path))
        let resolved = sources.resolve()
        let problems = resolved.problems + resolved.unreadableFiles
        for problem in problems { Console.say("\(problem)") }
        guard problems.isEmpty else { throw ExitCode(Exit.configuration) }
        Console.print("\(path ?? "the environment"): nothing is wrong")
    }
}

extension ResolvedConfiguration {
    /// A problem for every file that the settings name and that cannot be read.
    var unreadableFiles: [ConfigurationProblem] {
        let files = [
            ("tls.certificate", settings.listen.certificate), ("tls.key", settings.listen.key),
            ("api.key_file", settings.api.keyFile), ("tokens.jwks_file", settings.tokens.jwksFile),
            ("tokens.rsa_public_key", settings.tokens.rsaPublicKey),
            ("tokens.ecdsa_public_key", settings.tokens.ecdsaPublicKey),
        ]
        return files.compactMap { key, path in
            // a key may stand there itself
            guard let path = path?.drop(while: \.isWhitespace), !path.hasPrefix("-----BEGIN"),
                !FileManager.default.isReadableFile(atPath: String(path))
            else { return nil }
            return ConfigurationProblem(places[key] ?? .standard, "\(key): the file \(path) cannot be read")
        }
    }
}
