import ChorusCommand
import NIOCore

/// What a configuration file called `chorus.json` says, with these variables in the environment.
func resolve(_ text: String, environment: [String: String] = [:]) -> ResolvedConfiguration {
    let file = ConfigurationFile(ByteBuffer(string: text), path: "chorus.json")
    return ConfigurationSources(environment: environment, file: file).resolve()
}

extension ResolvedConfiguration {
    /// What is wrong, a line for each.
    var complaints: [String] { problems.map(\.description) }
}
