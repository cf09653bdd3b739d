package import Configuration
import JSONWire
import NIOCore

/// Where a server's settings come from: a file, the environment and the command line; the later weighs more.
package struct ConfigurationSources: Sendable {
    /// The values of options, by flag.
    package var flags: [String: ConfigContent]
    /// What options say of namespaces.
    package var named: NamedNamespaces
    package var environment: [String: String]
    package var file: ConfigurationFile?

    package init(
        flags: [String: ConfigContent] = [:],
        named: NamedNamespaces = NamedNamespaces(),
        environment: [String: String] = [:],
        file: ConfigurationFile? = nil
    ) {
        self.flags = flags
        self.named = named
        self.environment = environment
        self.file = file
    }

    /// What holds, and all that is wrong.
    package func resolve() -> ResolvedConfiguration {
        var settings = Settings()
        settings.named = named
        var reader = SettingsReader()
        if let file {
            if let problem = file.problem { reader.report(problem) }
            for problem in UnknownKeys.problems(in: file, SettingTree.file) { reader.report(problem) }
            reader.read(Settings.table, into: &settings, from: FileSource(file: file))
        }
        for problem in UnknownKeys.problems(inEnvironment: environment) { reader.report(problem) }
        reader.read(Settings.table, into: &settings, from: EnvironmentSource(environment))
        reader.read(Settings.table, into: &settings, from: FlagSource(flags))
        // namespaces have what they do not say from the topics, so these come first
        if let file { reader.readNamespaces(into: &settings, from: file, at: ["namespaces"]) }
        let variable = TopicSettings.listDescription.variable
        if let text = environment[variable], !text.isEmpty {
            let file = ConfigurationFile(ByteBuffer(string: text), path: variable)
            if let problem = file.problem {
                reader.report(problem)
            } else {
                for problem in UnknownKeys.problems(inListOf: file) { reader.report(problem) }
                reader.readNamespaces(into: &settings, from: file, at: [])
            }
        }
        if reader.problems.isEmpty {
            let places = reader.places
            for problem in settings.contradictions(places) { reader.report(problem) }
        }
        return ResolvedConfiguration(settings: settings, places: reader.places, problems: reader.problems)
    }
}

/// The settings that hold, where each comes from, and what is wrong with them.
package struct ResolvedConfiguration: Sendable {
    package let settings: Settings
    /// By key; those that nobody has said anything of are missing.
    package let places: [String: SettingPlace]
    package let problems: [ConfigurationProblem]

    /// Whether everything that is wrong is in the command line, so that its usage is of help.
    package var isMisused: Bool {
        !problems.isEmpty
            && problems.allSatisfy { problem in
                if case .flag = problem.place { true } else { false }
            }
    }
}
