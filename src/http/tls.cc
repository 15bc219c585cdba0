#include "http/tls.h"

#include <openssl/ssl.h>

namespace pursuit::http {
namespace {

namespace ssl = boost::asio::ssl;

/// Suites of TLS 1.2 that keep past sessions secret when the key is lost; 1.3 has no others.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// One of HTTP/1.1 is chosen where the client offers protocols at all.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kProtocols, sizeof kProtocols, offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

base::Result<TlsContext> load_tls(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  const auto failed = [&](const std::string& file) {
    return base::fail(base::ErrorCode::kUsage, error.message(), file);
  };
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                           ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                       error);
  if (error) return failed(files.certificate);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  if (SSL_CTX_set_cipher_list(context->native_handle(), kCiphers) != 1)
    return base::fail(base::ErrorCode::kUsage, "OpenSSL has none of the ciphers", kCiphers);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  context->use_certificate_chain_file(files.certificate, error);
  if (error) return failed(files.certificate);
  context->use_private_key_file(files.key, ssl::context::pem, error);
  if (error) return failed(files.key);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return base::fail(base::ErrorCode::kUsage, "not the key of the certificate", files.key);
  return context;
}

}  // namespace pursuit::http
