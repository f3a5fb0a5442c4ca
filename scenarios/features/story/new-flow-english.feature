Feature: 新しい流れ（英語の語彙） | The new flow, in the English vocabulary

  Background:
    Given the time is 2026-04-01 09:30

  @id:english
  Scenario: 英語の語彙で語る同じ流れ | The same flow told in English
    When "hanako" checks in at "1319999999" by face
    Then a face was photographed with the card on the reader [OQS-CARD-01, OQS-FACE-01]
    And the photo in the chip was read and no PIN was verified [OQS-FACE-02, OQS-FACE-03]
    And the user-authentication certificate was read and the signature certificate was not [OQS-CERT-01]
    And the institution sent the certificate with a signature [OQS-CERT-02]
    And the backend asked the authority about the certificate [OQS-CERT-06]
    And the qualification is answered as valid [OQS-QUAL-08]
    And consent stands only for limit and specific diseases and health checks and drugs and care and operations [OQS-CONS-02]
    And the result reached the folder of "1319999999" alone [OQS-QUAL-07]
    When "1319999999" claims the visit of "hanako" on 2026-04-01 on the confirmed data
    Then the claim is accepted [OQS-CLM-02]

  @id:english-mismatch @twin:story/english-match
  Scenario: 英語の語彙での顔の不一致 | Somebody else's face
    When "taro" uses the card of "hanako" to check in at "1319999999" by face
    Then the visit ends with face mismatch [OQS-FACE-04]
    And nothing is asked of the backend [OQS-FACE-04]

  @id:english-match
  Scenario: 英語の語彙での顔の一致 | The holder's own face
    When "hanako" uses the card of "hanako" to check in at "1319999999" by face
    Then the visit ends with completed [OQS-FACE-03]
