Feature: 患者のポータル（英語の語彙） | The patient's portal, in the English vocabulary

  Background:
    Given the time is 2026-04-01 09:30

  @id:english
  Scenario: 英語の語彙で語る患者のポータル | The patient's portal told in English
    When "taro" logs in at the portal with the PIN '1111'
    Then the use of the portal ends with wrong PIN [OQS-REG-02]
    And the card has 2 PIN tries left [OQS-PIN-02]
    When "1319999999" prescribes to "taro" the drug 'fictitious tablet' electronically
    And what "1319999999" prescribed to "taro", the drug 'fictitious tablet', is dispensed at "1349999997"
    And "taro" logs in at the portal with the PIN '2468'
    Then the use of the portal ends with own data seen [OQS-INFO-04]
    And the portal lists under medicines 'fictitious tablet' [OQS-RX-02]
    And the portal lists under prescriptions 'fictitious tablet' [OQS-INFO-06]
    And the portal does not list under care '架空カナリア診療' [OQS-PRIV-09]
    When "taro" shows the portal's screen with the card at "1319999999"
    Then the portal's screen shows the qualification as valid [OQS-FALL-02]
    And the qualification is answered as valid [OQS-FALL-02]

  @id:english-registration
  Scenario: 英語の語彙での利用登録 | Registration told in English
    When "misato" logs in at the portal with the PIN '0820' and registers the card
    Then the use of the portal ends with own data seen [OQS-REG-02]

  @id:english-costs
  Scenario: 英語の語彙での医療費 | Costs told in English
    When "hanako" logs in at the portal with the PIN '1234'
    Then the cost file of 2026 sums up to 3150 yen paid [OQS-INFO-05]
