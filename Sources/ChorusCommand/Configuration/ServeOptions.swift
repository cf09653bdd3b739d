import ArgumentParser
import ChorusCore
import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// All options of `chorus serve`. None has a value of its own: what is not given comes from the environment, the file,
/// or the defaults.
struct ServeOptions: ParsableArguments {
    @OptionGroup var file: FileOptions
    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Topics") var topics: TopicOptions
    @OptionGroup(title: "HTTP API") var api: APIOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Besides") var offers: OfferOptions

    /// - Parameter file: as it is now; `nil` if there is none.
    func sources(file: ConfigurationFile?) -> ConfigurationSources {
        let groups = [listening.given, topics.given, api.given, limits.given, offers.given]
        return ConfigurationSources(
            flags: groups.reduce(into: [:]) { $0.merge($1.compactMapValues { $0 }) { first, _ in first } },
            named: topics.named,
            environment: ProcessInfo.processInfo.environment,
            file: file
        )
    }
}

/// Which file has the configuration.
struct FileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file (default: the environment's CHORUS_CONFIG, or chorus.json if it is there).",
            valueName: "file"
        )
    )
    var config: String?

    /// `nil` if there is none.
    var path: String? { FileOptions.path(config) }

    /// The file that was named, or the environment's, or the one in the working directory.
    static func path(_ named: String?) -> String? {
        if let named { return named }
        if let path = ProcessInfo.processInfo.environment["CHORUS_CONFIG"], !path.isEmpty { return path }
        return FileManager.default.fileExists(atPath: "chorus.json") ? "chorus.json" : nil
    }
}

extension ResolvedConfiguration {
    /// Ends the command when something is wrong: with its usage when that is a matter of options, otherwise with a line
    /// for each problem.
    func checked(for command: any ParsableCommand.Type) throws -> Settings {
        if problems.isEmpty { return settings }
        if isMisused {
            command.exit(withError: ValidationError(problems.map(\.description).joined(separator: "\n")))
        }
        for problem in problems { Console.say("\(problem)") }
        throw ExitCode(Exit.configuration)
    }
}

extension FileOptions {
    /// Reads the configuration file, if there is one. Throws an exit code when it cannot be read.
    static func read(_ path: String?) async throws -> ConfigurationFile? {
        guard let path else { return nil }
        do throws(ChorusError) {
            return try await ConfigurationFile.read(path)
        } catch {
            Console.say(error.sentence)
            throw ExitCode(Exit.configuration)
        }
    }
}

extension ServeOptions {
    /// What holds with these options.
    func resolved() async throws -> ResolvedConfiguration {
        try await sources(file: FileOptions.read(file.path)).resolve()
    }
}
