package import ChorusCore
import Configuration

extension ConfigurationFile {
    /// Reads a file. Throws ``ChorusError/Code/invalidConfiguration`` when it cannot be read; what is wrong in it is
    /// its ``problem``.
    package static func read(_ path: String) async throws(ChorusError) -> ConfigurationFile {
        let place = InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
        do {
            let provider = try await FileProvider<ConfigurationFile>(
                parsingOptions: ParsingOptions(path: path),
                config: ConfigReader(provider: place)
            )
            if let file = provider.snapshot() as? ConfigurationFile { return file }
        } catch {
            throw ChorusError(.invalidConfiguration, "the configuration file \(path) cannot be read", cause: error)
        }
        throw ChorusError(.invalidConfiguration, "the configuration file \(path) cannot be read")
    }
}
